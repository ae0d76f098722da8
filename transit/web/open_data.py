"""Feeds of operators whose timetables are entered here, for everybody: at one address, with every version kept.

ETag and Last-Modified spare readers what they have (RFC 9110); the licence stands in the Link header (RFC 8288).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import http_date
from django.views.decorators.http import condition, require_safe

from transit.feeds.fetch import stored_path
from transit.feeds.imports import feed_store
from transit.feeds.mobility import Part, kept
from transit.feeds.realtime import Kind, message_path
from transit.models import FeedVersion, Interface, RealtimeState

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}


def _hosted() -> list[Interface]:
    rows = Interface.objects.filter(url__startswith=f"{settings.PUBLIC_URL}/open-data/").select_related("operator")
    return list(rows.order_by("operator__legal_name", "pk"))


def _newest(code: str, sha256: str = "") -> FeedVersion:
    versions = FeedVersion.objects.filter(
        interface__name=code, interface__format="GTFS", interface__url__startswith=f"{settings.PUBLIC_URL}/open-data/"
    ).exclude(state="REJECTED")
    found = versions.filter(sha256=sha256) if sha256 else versions.order_by("-imported_at", "-pk")
    version = found.select_related("interface").first()
    if version is None:
        raise Http404
    return version


def _tag(request: HttpRequest, code: str, sha256: str = "") -> str:
    return f'"{_newest(code, sha256).sha256}"'


def _when(request: HttpRequest, code: str, sha256: str = "") -> datetime:
    return _newest(code, sha256).imported_at


@require_safe
@condition(etag_func=_tag, last_modified_func=_when)
def feed(request: HttpRequest, code: str, sha256: str = "") -> HttpResponseBase:
    """The GTFS of an operator: the newest version, or the one with this hash."""
    version = _newest(code, sha256)
    path = stored_path(feed_store(), version.sha256)
    if not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="application/zip", filename=f"{code}.zip", as_attachment=True)
    if licence := LICENCES.get(version.interface.licence):
        answer["Link"] = f'<{licence}>; rel="license"'
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if sha256 else "public, max-age=60"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def realtime(request: HttpRequest, code: str) -> HttpResponseBase:
    """What an operator says of today, as GTFS-Realtime."""
    name = f"{code}-now"
    state = RealtimeState.objects.filter(interface__name=name, interface__operator__code=code).first()
    path = next((each for kind in Kind if (each := message_path(name, kind)).is_file()), None)
    if state is None or path is None:
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type="application/x-protobuf")
    if state.header_at:
        answer["Last-Modified"] = http_date(state.header_at.timestamp())
    answer["Cache-Control"] = "public, max-age=15"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@condition(etag_func=lambda request, code, file: _vehicles(code, file)[0])
def vehicles(request: HttpRequest, code: str, file: str) -> HttpResponse:
    """A file of GBFS of an operator."""
    _tag, text = _vehicles(code, file)
    answer = HttpResponse(text, content_type="application/json")
    answer["Link"] = f'<{LICENCES["CC-BY-4.0"]}>; rel="license"'
    answer["Cache-Control"] = "public, max-age=30"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _vehicles(code: str, file: str) -> tuple[str, str]:
    """The ETag and the text of a file, as it was written last."""
    row = Interface.objects.filter(
        name=f"{code}-vehicles", format="GBFS", url__startswith=f"{settings.PUBLIC_URL}/open-data/"
    ).first()
    texts = {name: text for part in Part for name, text in kept(row.name, part).texts.items()} if row else {}
    if file not in texts:
        raise Http404
    return f'"{hashlib.sha256(texts[file].encode()).hexdigest()[:32]}"', texts[file]


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """All of them, with their versions."""
    rows = [(each, each.versions.exclude(state="REJECTED").order_by("-imported_at", "-pk")[:20]) for each in _hosted()]
    return render(request, "transit/open_data.html", {"interfaces": rows})
