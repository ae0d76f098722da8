"""The way back to a search, with the same ends and travellers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.services.alternatives import Alternative
from transit.journeys.picks import Pick
from transit.routing.itinerary import Itinerary, Place
from transit.routing.query import Location, Mobility

_TEXTS = {
    "later": _("See later departures"),
    "other_way": _("See other ways to go"),
    "again": _("Try again"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way on."""

    text: str
    address: str


def search_address(itinerary: Itinerary, leave_at: datetime | None = None) -> str:
    """The address of a search for now, or from a moment on, in the parameters of the search form."""
    travellers = Counter(traveller.category.value for traveller in itinerary.travellers)
    ends = {"from_at": _value(itinerary.legs[0].start), "to_at": _value(itinerary.legs[-1].end)}
    for stay in itinerary.stays[:1]:
        ends |= {"via_at": _value(stay.place), "stay": f"{stay.least_s // 60}"}
    when = {} if leave_at is None else _when(leave_at, itinerary.legs[0].start)
    return f"{reverse('results')}?{urlencode(ends | when | _wishes(itinerary.mobility) | travellers)}"


def links(alternatives: list[Alternative]) -> list[Link]:
    """The searches that may help, as a page shows them."""
    return [Link(str(_TEXTS[each.kind]), search_address(each.way, each.leave_at)) for each in alternatives]


def _wishes(mobility: Mobility) -> dict[str, str]:
    """What is ticked for somebody who cannot walk or ride everywhere."""
    ticked = {"step_free": mobility == Mobility.STEP_FREE, "wheelchair": mobility.rolls}
    ticked["wheelchair_known"] = mobility == Mobility.WHEELCHAIR_KNOWN
    return {name: "1" for name, is_ticked in ticked.items() if is_ticked}


def _when(moment: datetime, place: Place) -> dict[str, str]:
    """Search forms speak the clock of the region; a journey's start is told by the clock there."""
    local = moment.astimezone(ZoneInfo(place.timezone))
    return {"when": "leave", "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def _value(place: Place) -> str:
    return Pick(Location(place.lat, place.lon, place.name, place.stop_id)).value
