"""Journeys with places to stay at on the way: one part after the other, each begun as soon as one may go on.

A journey by way of some places is a journey to the first, a stay that is at least so long, a journey on, and so forth.
Of these the ones count that no other beats in departure, arrival and number of vehicles. As a part that leaves later,
arrives sooner or has fewer vehicles never makes the whole worse, they are made of such parts alone: from a given moment
on, of those that arrive first for each number of vehicles. A part on foot can be walked at any time, and so can one be
ridden in a vehicle that one takes oneself. A ride on demand from door to door comes when it is wanted, in its hours; it
is a vehicle. Seconds are Unix seconds; who asks the other way round, arriving by a time, gives the parts backwards and
all seconds negated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

MINUTE_S = 60


class Option(NamedTuple):
    """One way to make a part with vehicles. `ride` is the caller's."""

    depart: int
    arrive: int
    vehicles: int
    ride: Any


class Called(NamedTuple):
    """A ride on demand all the way of a part, that can begin in [low, high]; what it is when it begins at a second."""

    low: int
    high: int
    seconds: int
    ride: Callable[[int], Any]

    def begins(self, ready: int, by: int | None = None) -> int | None:
        """When it begins for who is ready then, in whole minutes; with `by`, for who is to be there then, as late as
        can be. None: not at all.
        """
        if by is None:
            at = min(-(-max(ready, self.low) // MINUTE_S) * MINUTE_S, self.high)
        else:
            at = min((by - self.seconds) // MINUTE_S * MINUTE_S, self.high)
        return at if at >= max(ready, self.low) else None


class Part(NamedTuple):
    """From one place to the next, after a stay of `stay_s` at the first.

    `search` gives, for a first and a last moment, every unbeaten option that departs between them (both included), and
    those that arrive first for each number of vehicles of all that depart after the last. `walk_s` is what it takes at
    any time, on foot or in a vehicle that one takes oneself; None: too far.
    """

    search: Callable[[int, int], Sequence[Option]]
    walk_s: int | None
    stay_s: int = 0
    called: Callable[[int, int], Sequence[Called]] = lambda low, high: ()
    """The rides on demand all the way that may begin between two moments or after."""
    later_s: int | None = None
    """How much later than one is ready such a ride begins at most; None: whenever."""


class Piece(NamedTuple):
    """A part as it is made; `ride` None: as one can at any time."""

    depart: int
    arrive: int
    ride: Any
    called: Called | None = None

    def moved(self, by: int) -> Piece:
        """The same so much later."""
        return Piece(self.depart + by, self.arrive + by, self.ride)


class Whole(NamedTuple):
    """All parts, so far."""

    depart: int
    arrive: int
    vehicles: int
    pieces: tuple[Piece, ...]


def leaving_between(parts: Sequence[Part], low: int, high: int) -> list[Whole]:
    """The journeys with vehicles that leave in a window and that none beats, be it inside the window or after it."""
    later = earliest(parts, high + 1)
    return [
        whole
        for whole in _along(parts, low, high)
        if not any(each.arrive <= whole.arrive and each.vehicles <= whole.vehicles for each in later)
    ]


def earliest(parts: Sequence[Part], at: int) -> list[Whole]:
    """The journeys with vehicles that arrive first of all that leave at a moment or later, by number of vehicles."""
    return _along(parts, at, None)


def at_any_time(parts: Sequence[Part]) -> Whole | None:
    """The way that fits any time, stays included, as if one left at second 0; None where some part is too far."""
    walked = Whole(0, 0, 0, ())
    for part in parts:
        on = _walked_on(walked, part)
        if on is None:
            return None
        walked = on
    return walked


def _along(parts: Sequence[Part], low: int, high: int | None) -> list[Whole]:
    """The unbeaten journeys that leave between two moments; with no last one, those that arrive first.

    `walked` is what was only walked yet, and can be at any time.
    """
    begun: list[Whole] = []
    walked: Whole | None = Whole(0, 0, 0, ())
    for part in parts:
        ready = [whole.arrive + part.stay_s for whole in begun]
        if walked is not None:
            after = walked.arrive + part.stay_s
            ready += [low + after, (low if high is None else high) + after]
        if not ready:
            return []
        options, called = part.search(min(ready), max(ready)), part.called(min(ready), max(ready))
        found = [more for whole in begun for more in _continued(whole, part, options, called)]
        if walked is not None:
            ridden = _placed(called, low + ready_s(walked, part), part.later_s)
            found += _first_ridden(walked, part, [*options, *ridden], (low, high))
            walked = _walked_on(walked, part)
        begun = _unbeaten(found) if high is not None else _soonest(found)
    return begun


def ready_s(whole: Whole, part: Part) -> int:
    """When one may go on."""
    return whole.arrive + part.stay_s


def _continued(whole: Whole, part: Part, options: Sequence[Option], called: Sequence[Called]) -> list[Whole]:
    """A journey with one part more: the options that arrive first, by number of vehicles, or at any time."""
    ready = ready_s(whole, part)
    usable = (option for option in (*options, *_placed(called, ready, part.later_s)) if option.depart >= ready)
    ridden = [_with(whole, option, part.stay_s) for option in usable]
    on = _walked_on(whole, part)
    return _soonest(ridden if on is None else [*ridden, on])


def _placed(called: Sequence[Called], ready: int, later_s: int | None) -> list[Option]:
    """Rides on demand for who is ready at a moment."""
    begun = [(way, at) for way in called if (at := way.begins(ready)) is not None]
    return [Option(at, at + way.seconds, 1, way) for way, at in begun if later_s is None or at <= ready + later_s]


def _piece(option: Option) -> Piece:
    ride = option.ride
    if isinstance(ride, Called):
        return Piece(option.depart, option.arrive, ride.ride(option.depart), ride)
    return Piece(option.depart, option.arrive, ride)


def _first_ridden(walked: Whole, part: Part, options: Sequence[Option], window: tuple[int, int | None]) -> list[Whole]:
    """A journey of which only ways on foot were made, and its first ride: one sets out as late as that allows."""
    (low, high), after = window, walked.arrive + part.stay_s
    found = []
    for option in options:
        depart = option.depart - after
        if depart >= low and (high is None or depart <= high):
            lead = tuple(piece.moved(depart) for piece in walked.pieces)
            found.append(Whole(depart, option.arrive, option.vehicles, (*lead, _piece(option))))
    return found


def _walked_on(whole: Whole, part: Part) -> Whole | None:
    """A journey with one part more on foot."""
    if part.walk_s is None:
        return None
    ready = whole.arrive + part.stay_s
    piece = Piece(ready, ready + part.walk_s, None)
    return Whole(whole.depart, piece.arrive, whole.vehicles, (*whole.pieces, piece))


def _with(whole: Whole, option: Option, stay_s: int) -> Whole:
    """A journey with an option more; one that only called a vehicle so far calls it as late as that allows."""
    vehicles, pieces = whole.vehicles + option.vehicles, whole.pieces
    if len(pieces) == 1 and (first := pieces[0]).called is not None:
        at = first.called.begins(first.depart, option.depart - stay_s)
        if at is not None:
            pieces = (Piece(at, at + first.called.seconds, first.called.ride(at), first.called),)
    return Whole(pieces[0].depart, option.arrive, vehicles, (*pieces, _piece(option)))


def _unbeaten(wholes: Iterable[Whole]) -> list[Whole]:
    """Those that no other beats or equals in departure, arrival and vehicles; the latest first."""
    kept: list[Whole] = []
    for whole in sorted(wholes, key=lambda each: (-each.depart, each.arrive, each.vehicles)):
        if not any(each.arrive <= whole.arrive and each.vehicles <= whole.vehicles for each in kept):
            kept.append(whole)
    return kept


def _soonest(wholes: Iterable[Whole]) -> list[Whole]:
    """Those that no other beats or equals in arrival and vehicles; of equal ones the one that leaves last."""
    kept: list[Whole] = []
    for whole in sorted(wholes, key=lambda each: (each.arrive, each.vehicles, -each.depart)):
        if not any(each.vehicles <= whole.vehicles for each in kept):
            kept.append(whole)
    return kept
