"""Long answers are the same bytes that Django REST framework would write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer

from transit.api.rendering import LongJSONRenderer
from transit.routing.query import Mode

ANSWERS: list[Any] = [
    None,
    {"name": 'Hämeentie „1“ </a> \u2028\u2029\x00"\\ 東京 🚋', "line": [(24.95, 60.17), (24.9, 60.0)]},
    {"mode": Mode.BUS, "lazy": gettext_lazy("English"), "none": None, "yes": True, "minor": 2**53 + 1},
    {"at": datetime(2026, 3, 29, 1, 0, 0, 5000, UTC), "day": date(2026, 3, 29)},
    {1: "a key that is no text", "long": 2**70},
]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("kind", ["application/json", "application/json; indent=2"])
def test_the_same_bytes(answer: Any, kind: str) -> None:
    assert LongJSONRenderer().render(answer, kind, {}) == JSONRenderer().render(answer, kind, {})
