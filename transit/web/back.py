"""The way back: a search with the ends swapped, which keeps the journey there until both are bought together."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from transit.journeys.picks import Pick
from transit.routing.itinerary import Itinerary, Place
from transit.routing.query import Location

STAY = timedelta(hours=1)
"""What is proposed first between arriving and leaving again; it is there to be changed."""
_KEPT = (
    "pace", "changing", "walking", "step_free", "luggage", "fewest_changes", "wheelchair", "wheelchair_known",
)  # fmt: skip


def address(there: Itinerary, token: str, search: str) -> str:
    """The query of the search form for the way back; who travels and how they walk stays as it was."""
    origin, destination = there.legs[0].start, there.legs[-1].end
    leave = (there.end_at + STAY).astimezone(ZoneInfo(destination.timezone))
    asked = parse_qs(search)
    fields = {
        "from_at": _pick(destination),
        "to_at": _pick(origin),
        "when": "leave",
        "date": f"{leave:%Y-%m-%d}",
        "time": f"{leave:%H:%M}",
        "there": token,
    }
    parked = next((leg.end for leg in there.legs if leg.parking), None)
    if parked is not None:
        fields |= {"car": "1", "car_at": f"{parked.lat:.5f},{parked.lon:.5f}"}
    who = Counter(traveller.category.value for traveller in there.travellers)
    return urlencode(fields | {name: str(count) for name, count in who.items()} | _same(asked))


def token_of(search: str) -> str:
    """The journey there that a search is the way back of; empty where it is not."""
    return parse_qs(search).get("there", [""])[0]


def _same(asked: dict[str, list[str]]) -> dict[str, str]:
    return {name: asked[name][0] for name in _KEPT if name in asked}


def _pick(place: Place) -> str:
    return Pick(Location(place.lat, place.lon, place.name, place.stop_id)).value
