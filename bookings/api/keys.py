"""The Idempotency-Key of operations that make something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.models import Order
from bookings.services import idempotency
from bookings.services.viewers import Viewer

_HELP: Final = (
    "A fresh random text for every new thing, the same one for every repetition. The same request gets the same answer "
    "for 72 hours, another one 422; while the first is running: 409 with Retry-After."
)
REQUIRED: Final = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description=_HELP)
OPTIONAL: Final = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=False, description=_HELP)


def once(
    request: Request,
    viewer: Viewer,
    now: datetime,
    act: Callable[[], tuple[Response, Order | None]],
    *,
    required: bool = False,
) -> Response:
    """The answer of `act`, or the one that the same request got before. Raises KeyReused, InFlight, ValidationError.

    What the request says is compared before it is read: another body under the same key is 422 even where it is wrong.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not required and not key:
        return act()[0]
    if not 1 <= len(key) <= 200:
        raise serializers.ValidationError({"Idempotency-Key": ["This header is required: 1 to 200 characters."]})
    running = idempotency.begin(viewer.principal, key, _sha256(request), now)
    if isinstance(running, idempotency.Replay):
        return Response(running.body, running.status)
    try:
        answer, order = act()
    except BaseException:
        idempotency.give_up(running)
        raise
    idempotency.finish(running, answer.status_code, answer.data, order)
    return answer


def _sha256(request: Request) -> str:
    said = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
