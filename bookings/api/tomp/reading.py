"""What providers ask for, in our words. The shape was held against the schema before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from bookings.api.tomp.calls import Call
from bookings.api.tomp.errors import PLANNING, TompError
from bookings.services.package_search import Wish
from transit import journeys
from transit.routing.query import Location, Mobility, RiderCategory, Traveller

Json = dict[str, Any]
MAX_TRAVELLERS: Final = 9
CHILD_BELOW, SENIOR_FROM = 16, 65
"""Where only an age is said; a profile says more."""
_GPS: Final = re.compile(r"gps:(-?\d{1,3}(?:\.\d{1,20})?),(-?\d{1,3}(?:\.\d{1,20})?)", re.IGNORECASE)
_WHEELS: Final = frozenset({"wheelchair", "assisted_wheelchair", "motorized_wheelchair", "mobility_scooter"})
_NO_STEPS: Final = frozenset({"road_mobility_scooter", "walking_frame", "restricted_mobility"})


def wish(call: Call) -> Wish:
    """A search. Raises TompError and NoSuchStop."""
    said: Json = call.inputs["specification"]
    for name in ("from", "to"):
        if not said.get(name):
            raise TompError("missing", f"specification.{name}", PLANNING)
    if said.get("via"):
        raise TompError("not_offered", "specification.via", PLANNING)
    start, end = (moment(said.get(name), f"specification.{name}") for name in ("startTime", "endTime"))
    trips = said.get("serviceJourneys") or []
    people = call.inputs.get("travellers") or []
    return Wish(
        origin=location(said["from"], call),
        destination=location(said["to"], call),
        time_at=end if start is None and end is not None else max(start or call.now, call.now),
        arrive_by=start is None and end is not None,
        travellers=travellers(people),
        mobility=_mobility(
            [call.inputs.get("requirements") or {}, *(each.get("requirements") or {} for each in people)]
        ),
        trips=tuple(str(trip) for trip in trips),
        day=_day(said.get("travelDate")),
    )


def moment(text: Any, name: str) -> datetime | None:
    """An instant with an offset. Raises TompError."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(str(text))
        aware = found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        aware = None
    if aware is None or not 1970 < aware.year < 9000:
        raise TompError("invalid", f"{name}: RFC 3339 with an offset", PLANNING)
    return aware


def location(reference: str, call: Call) -> Location:
    """`gps:lon,lat`, `prefix:stop` of a data source, or a place that the request describes. Raises TompError."""
    if match := _GPS.fullmatch(reference):
        try:
            return Location(float(match[2]), float(match[1]))
        except ValueError:
            raise TompError("invalid", f"{reference}: gps:longitude,latitude", PLANNING) from None
    for place in call.inputs.get("places") or []:
        if place["id"] == reference:
            return _described(place, call)
    try:
        stop = journeys.get_stop(reference, call.language)
    except journeys.NoSuchStop:
        raise TompError("not_found", reference, PLANNING) from None
    return Location(stop.lat, stop.lon, stop.name, stop.stop_id)


def travellers(people: Iterable[Json]) -> tuple[Traveller, ...]:
    """Who rides: keys and categories, no names; one adult where nobody is named. Raises TompError."""
    found: list[Traveller] = []
    for each in people:
        size = each.get("groupSize", 1)
        if size not in range(1, MAX_TRAVELLERS + 1):
            raise TompError("invalid", f"groupSize: between 1 and {MAX_TRAVELLERS}", PLANNING)
        keys = [each["id"]] if size == 1 else [f"{each['id']}#{n}" for n in range(1, int(size) + 1)]
        found += [Traveller(key, category(each)) for key in keys]
    if len(found) > MAX_TRAVELLERS or len({each.key for each in found}) < len(found):
        raise TompError("invalid", f"travellers: at most {MAX_TRAVELLERS}, each with an id of its own", PLANNING)
    return tuple(found) or (Traveller(),)


def category(said: Json) -> RiderCategory:
    """By the profile, which is one of adult, child, youth, senior; else by the age. Raises TompError."""
    profile = said.get("profile")
    if profile is not None:
        try:
            return RiderCategory(profile.lower())
        except ValueError:
            names = ", ".join(RiderCategory)
            raise TompError("invalid", f"profile: one of {names}", PLANNING) from None
    age = (said.get("characteristics") or {}).get("age", said.get("age"))
    if age is None or CHILD_BELOW <= age < SENIOR_FROM:
        return RiderCategory.ADULT
    return RiderCategory.CHILD if age < CHILD_BELOW else RiderCategory.SENIOR


def _described(place: Json, call: Call) -> Location:
    text = " ".join(str(place[name]) for name in ("addressLine1", "addressLine2", "city") if place.get(name))
    found = journeys.find_places(text[:200], call.language, limit=1)
    if not found:
        raise TompError("not_found", place["id"], PLANNING)
    return Location(found[0].lat, found[0].lon, found[0].name, found[0].stop_id)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise TompError("invalid", "specification.travelDate", PLANNING) from None


def _mobility(requirements: Iterable[Json]) -> Mobility:
    needs = {need.get("mobilityNeed") for each in requirements for need in each.get("prmNeeds") or []}
    if needs & _WHEELS:
        return Mobility.WHEELCHAIR
    return Mobility.STEP_FREE if needs & _NO_STEPS else Mobility.ANY
