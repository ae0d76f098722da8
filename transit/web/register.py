"""The pages of the public register."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET
from shapely.geometry import mapping, shape

from transit.journeys import NoNetwork
from transit.journeys.clocks import language
from transit.journeys.picks import Pick
from transit.models import Region, RegisterChange, Service
from transit.register import catalogue, changes, duties
from transit.register.catalogue import Asked, BadCursor, NotInRegister
from transit.register.entries import ServiceEntry
from transit.web import choices
from transit.web.register_words import called, field_names, own_name

SHOWN, SHOWN_CHANGES = 20, 50
MOST_CORNERS, SMOOTHED = 500, 0.001
"""Areas with more corners are drawn to a thousandth of a degree, about a hundred metres."""
LEVELS = (1, 2, 3)
"""The colours of areas: not the darkest, under which the map could not be read."""


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Services, looked for by name, kind and place."""
    text, place = request.GET.get("q", "").strip()[:120], request.GET.get("place_text", "").strip()[:120]
    kind, cursor = request.GET.get("kind", ""), request.GET.get("cursor", "")
    pick = Pick.find(request.GET.get("place_at", ""), place)
    asked = Asked(
        text=text if pick else f"{text} {place}".strip(),
        kind=kind if kind in Service.Kind.values else "",
        at=(pick.location.lon, pick.location.lat) if pick else None,
        language=language(),
    )
    try:
        page = catalogue.list_services(asked, cursor, SHOWN, catalogue.day_of(timezone.now()), geometry=True)
    except BadCursor:
        raise Http404 from None
    again = {"q": text, "kind": asked.kind, "place_text": place, "place_at": pick.value if pick else ""}
    return render(
        request,
        "transit/register.html",
        {
            "page": page,
            "asked": asked,
            "text": text,
            "place": pick.name if pick and not place else place,
            "at": pick.value if pick else "",
            "kinds": Service.Kind.choices,
            "options": [] if pick else _options(place, again),
            "features": _drawn(page.entries),
            "next": urlencode({name: value for name, value in again.items() if value} | {"cursor": page.cursor}),
            "is_first": not cursor,
        },
    )


@require_GET
def operators(request: HttpRequest) -> HttpResponse:
    """Operators, looked for by name."""
    text, cursor = request.GET.get("q", "").strip()[:120], request.GET.get("cursor", "")
    try:
        page = catalogue.list_operators(Asked(text=text), cursor, SHOWN, catalogue.day_of(timezone.now()))
    except BadCursor:
        raise Http404 from None
    return render(
        request,
        "transit/register_operators.html",
        {"page": page, "text": text, "next": urlencode({"q": text, "cursor": page.cursor})},
    )


@require_GET
def operator(request: HttpRequest, code: str) -> HttpResponse:
    """All of an operator."""
    now = timezone.now()
    try:
        whole = catalogue.get_whole(code, catalogue.day_of(now))
    except NotInRegister:
        raise Http404 from None
    shows = {"whole": whole, "operator": whole.operators[0], "duties": duties.list_lines(now, operator=code)}
    return render(request, "transit/register_operator.html", shows)


@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """All of a service."""
    try:
        entry, interfaces = catalogue.get_service_with_interfaces(code, catalogue.day_of(timezone.now()))
    except NotInRegister:
        raise Http404 from None
    return render(
        request,
        "transit/register_service.html",
        {"entry": entry, "interfaces": interfaces, "features": _drawn([entry])},
    )


@require_GET
def register_changes(request: HttpRequest) -> HttpResponse:
    """What changed, the newest first."""
    before = request.GET.get("before", "")
    found = changes.list_changes(int(before) if before.isdecimal() and len(before) < 19 else None, SHOWN_CHANGES + 1)
    shown = found[:SHOWN_CHANGES]
    older = shown[-1].pk if len(found) > SHOWN_CHANGES else None
    shows = {"changes": shown, "older": older, "zone": Region.clock()}
    return render(request, "transit/register_changes.html", shows)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _printable(text: str) -> str:
    """Without what XML has no room for: one entry must not take all others with it."""
    return _CONTROL.sub("", text)


@require_GET
def register_feed(request: HttpRequest) -> HttpResponse:
    """The same as an Atom feed (RFC 4287), for readers and other registers."""
    found = changes.list_changes(None, SHOWN_CHANGES)
    at = f"{settings.PUBLIC_URL}/register"
    feed = Atom1Feed(
        title=gettext("Changes of the register"),
        link=f"{at}/changes",
        description="",
        language=get_language(),
        feed_url=f"{at}/changes.atom",
        feed_guid=f"{at}/changes",
        author_name=settings.PLATFORM["legal_name"],
    )
    for each in found:
        feed.add_item(
            title=_printable(_headline(each)),
            link=_address(at, each),
            description=field_names(each.fields),
            unique_id=f"{at}/changes#{each.pk}",
            updateddate=each.at,
            pubdate=each.at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _headline(change: RegisterChange) -> str:
    return f"{called(change.subject, 'subject').capitalize()}: {change.name} – {called(change.change, 'change')}"


def _address(at: str, change: RegisterChange) -> str:
    """Where it can be read; of what was removed, the operator's."""
    if change.change != RegisterChange.Change.REMOVED and change.subject == RegisterChange.Subject.SERVICE:
        return f"{at}/services/{change.code}"
    return f"{at}/operators/{change.operator_code}"


def _options(place: str, again: dict[str, str]) -> list[dict[str, str]]:
    """Which places a text may mean, each with the address that asks for it."""
    try:
        found = choices.options(place, get_language() or "en") if place else []
    except NoNetwork:
        return []
    return [
        {"name": each.name, "detail": each.detail,
         "query": urlencode(again | {"place_text": each.name, "place_at": each.value})}
        for each in found
    ]  # fmt: skip


def _drawn(entries: Any) -> dict[str, Any] | None:
    """GeoJSON: areas in alternating colours, and the name of its service in the midst of each."""
    features: list[dict[str, Any]] = []
    for number, entry in enumerate(entries):
        for area in entry.areas:
            if area.geometry:
                features += _features(entry, area.geometry, LEVELS[number % len(LEVELS)])
    features.sort(key=lambda each: each["geometry"]["type"] == "Point")
    return {"type": "FeatureCollection", "features": features} if features else None


def _features(entry: ServiceEntry, geometry: dict[str, Any], level: int) -> list[dict[str, Any]]:
    outline = shape(geometry)
    if sum(len(part.exterior.coords) for part in getattr(outline, "geoms", [outline])) > MOST_CORNERS:
        outline = outline.simplify(SMOOTHED)
    name = {"role": "stop", "name": own_name(entry)}
    return [
        {"type": "Feature", "geometry": mapping(outline), "properties": {"level": level}},
        {"type": "Feature", "geometry": mapping(outline.representative_point()), "properties": name},
    ]
