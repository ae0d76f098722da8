"""GOFS of services on demand that are set up here, for everybody: as of now, with what is released."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from transit.publishing.on_demand import releases


@require_safe
def gofs(request: HttpRequest, code: str, name: str = "gofs") -> HttpResponse:
    """A document of a service: the discovery file, or one that it names."""
    addresses = {
        each: f"{settings.PUBLIC_URL}{reverse('open-data-gofs-file', args=[code, each])}" for each in releases.FILES
    }
    found = releases.documents(code, timezone.now(), addresses)
    if found is None or name not in found:
        raise Http404
    answer = HttpResponse(json.dumps(found[name]), content_type="application/json")
    answer["Cache-Control"] = "public, max-age=60"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
