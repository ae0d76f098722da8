"""What the driver's page says: of stops and who waits there, of buttons that did not work, and where to be led."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from bookings.services.manifests import Stop
from transit.ondemand.quote import Spot

MAPS: Final = ("geo", "google", "apple", "osm")
"""The device's own choice of an application, or a page."""
_MAPS: Final = {
    "geo": gettext_lazy("The maps of this device"),
    "google": gettext_lazy("Google Maps"),
    "apple": gettext_lazy("Apple Maps"),
    "osm": gettext_lazy("OpenStreetMap"),
}
LATE_MIN: Final = (5, 10, 15, 20)
_ADDRESSES: Final = {
    "geo": "geo:{lat},{lon}?q={lat},{lon}",
    "google": "https://www.google.com/maps/dir/?api=1&destination={lat},{lon}&travelmode=driving",
    "apple": "https://maps.apple.com/?daddr={lat},{lon}&dirflg=d",
    "osm": "https://www.openstreetmap.org/directions?to={lat},{lon}",
}
_OUTCOMES: Final = {
    "wrong_code": gettext_lazy("This is not the code of this ride."),
    "wrong_ticket": gettext_lazy("This ticket is not for this ride."),
    "too_many": gettext_lazy("Too many wrong codes. Scan the ticket, or ask for the name."),
    "too_soon": gettext_lazy("Please wait a little longer before you leave without somebody."),
    "not_now": gettext_lazy("This is not possible any more: the plan has changed."),
}


@dataclass(frozen=True, slots=True)
class Described:
    """A stop in words."""

    stop: Stop
    who: str
    needs: tuple[str, ...]
    place: str
    navigation: str
    timezone: str


def describe(stop: Stop, timezone: str, maps: str) -> Described:
    """A stop as the page shows it."""
    if stop.task.ride is None or stop.spot is None:
        return Described(stop, "", (), _("Break"), "", timezone)
    rider = stop.rider
    who = rider.name if rider and rider.name else _("Booking %(code)s") % {"code": rider.code} if rider else ""
    return Described(
        stop,
        who or _("Sold by a partner"),
        tuple(_needs(stop)),
        stop.place or f"{stop.spot.lat:.5f}, {stop.spot.lon:.5f}",
        navigation(stop.spot, maps),
        timezone,
    )


def navigation(spot: Spot, maps: str) -> str:
    """The address that leads to a place."""
    return _ADDRESSES.get(maps, _ADDRESSES[MAPS[0]]).format(lat=f"{spot.lat:.6f}", lon=f"{spot.lon:.6f}")


def maps() -> list[tuple[str, str]]:
    """Where one can be led, each with its name."""
    return [(key, str(_MAPS[key])) for key in MAPS]


def outcome(code: str) -> str:
    """Why a button did not work."""
    return str(_OUTCOMES[code])


def script_strings() -> dict[str, str]:
    """What the script says."""
    return {
        **{f"outcome_{code}": str(text) for code, text in _OUTCOMES.items()},
        "waiting": _("Actions that wait for a connection: {count}"),
        "sent": _("Everything is sent."),
        "offline": _("No connection. You can go on; everything is sent later."),
        "no_more": _("You are not logged in any more."),
        "camera_fails": _("The camera cannot be used."),
    }


def _needs(stop: Stop) -> list[str]:
    seats, wheelchairs, children, luggage = stop.ride.load
    people = seats + wheelchairs + children
    said = [
        (people if people > 1 else 0, ngettext("%(n)s person", "%(n)s people", people)),
        (wheelchairs, npgettext("what somebody needs", "wheelchair", "%(n)s wheelchairs", wheelchairs)),
        (seats if wheelchairs else 0, npgettext("what somebody needs", "companion", "%(n)s companions", seats)),
        (children, npgettext("what somebody needs", "child seat", "%(n)s child seats", children)),
        (luggage, npgettext("what somebody needs", "large luggage", "%(n)s pieces of large luggage", luggage)),
    ]
    return [text % {"n": count} for count, text in said if count]
