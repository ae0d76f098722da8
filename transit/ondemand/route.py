"""The route of a shift: its stops in order, as they are kept, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

PICKUP: Final = "pickup"
DROP_OFF: Final = "drop_off"
BREAK: Final = "break"


@dataclass(frozen=True, slots=True)
class Stop:
    """What a vehicle does at a moment `at` (Unix seconds, planned). `place` is where, if not where the ride says: one
    is met there whose first vehicle has broken down, or has a break there. Of a break, `seconds` and its `number` in
    the list of the shift; it has `arrived_at` once the driver has begun it.
    """

    what: str
    at: int
    ride: int = 0
    done_at: int | None = None
    arrived_at: int | None = None
    seconds: int = 0
    number: int = 0
    place: tuple[float, float] | None = None


def read(route: Iterable[Mapping[str, Any]]) -> list[Stop]:
    """The stops of a row."""
    return [_stop(each) for each in route]


def write(stops: Iterable[Stop]) -> list[dict[str, Any]]:
    """Stops as a row keeps them."""
    return [_form(each) for each in stops]


def _stop(form: Mapping[str, Any]) -> Stop:
    known = form.get("place")
    place = (known[0], known[1]) if known else None
    if BREAK in form:
        return Stop(
            BREAK, form["at"], 0, form.get("done_at"), form.get("arrived_at"), form[BREAK], form.get("number", 0), place
        )
    return Stop(form["what"], form["at"], form["ride"], form.get("done_at"), form.get("arrived_at"), place=place)


def _form(stop: Stop) -> dict[str, Any]:
    form: dict[str, Any]
    if stop.what == BREAK:
        form = {BREAK: stop.seconds, "number": stop.number, "at": stop.at, "done_at": stop.done_at}
    else:
        form = {"ride": stop.ride, "what": stop.what, "at": stop.at, "done_at": stop.done_at}
    if stop.arrived_at is not None:
        form["arrived_at"] = stop.arrived_at
    if stop.place is not None:
        form["place"] = list(stop.place)
    return form
