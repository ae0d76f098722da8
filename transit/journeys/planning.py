"""From a query to a page of itineraries on one network.

A page is a window of time: departures (arriving by a time: arrivals) from one second to another, both included. It
holds the journeys of the window that no other journey beats in departure, arrival and number of vehicles, whether the
other lies in the window or outside (`planner.find_journeys`), less those that the rules of `filters` drop because of
another of the same page. So a journey has its place on one page only, whatever the other pages are; pages side by side
show none twice and miss none; and where a journey was dropped, what makes it pointless is on the same page (or, where
the page was cut at a number of rides, on the one that goes on from there).

Seconds are those of the search: a journey that begins or ends on foot is shown by whole minutes, leaving up to 59
seconds earlier and arriving up to 59 seconds later. Direct ways fit any time and stand on every page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.routing.itinerary import Itinerary
from transit.routing.journey import Journey, StreetLeg
from transit.routing.planner import Day, Ends, plan
from transit.routing.query import Mode, Query

HOUR_S = 3600
# A journey that arrives by a time may last so long before it and still be inside one day's window.
LONGEST_S = 12 * HOUR_S
# What one day's timetable can answer, in seconds after the day's start: departures that have ten hours left to arrive,
# arrivals that have ten hours behind them. Wider windows are cut there; the next page goes on.
DEPARTURES_UNTIL_S = 26 * HOUR_S
ARRIVALS_FROM_S, ARRIVALS_UNTIL_S = 7 * HOUR_S, 36 * HOUR_S
# A page that is to show something goes on so far for it.
SEEK_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Turned:
    """Another page of a search than its first: the window that begins at `after`, or that ends before `before`."""

    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Itineraries of a window, rides in order of departure. The bounds are instants in whole seconds, both included.

    `earlier` and `later` say whether there may be anything before `from_at` and after `until_at`. A search for the best
    alone (a window of 0) has no other pages.
    """

    itineraries: tuple[Itinerary, ...]
    from_at: datetime
    until_at: datetime
    earlier: bool
    later: bool


class _Window(NamedTuple):
    """A window in Unix seconds, both included, and a moment of the day whose timetable answers it.

    `from_start`: it grows from its start, so that its end may be moved, else the other way round.
    """

    from_at: int
    until_at: int
    day_at: int
    from_start: bool


class _Found(NamedTuple):
    """What a window holds, by the timetable of a day."""

    day: Day
    rides: list[Journey]
    direct: list[Journey]
    walk_first: bool


def planned(engine: Engine, query: Query, now: datetime) -> list[Itinerary]:
    """The itineraries of the first page."""
    return list(page_of(engine, query, now).itineraries)


def page_of(
    engine: Engine, query: Query, now: datetime, turned: Turned | None = None, at_most: int | None = None
) -> Page:
    """A page of a query, priced; nothing that would leave before `now`, and not what that would make pointless.

    With `at_most`, the window ends before the first ride that is one too many (or begins after the last such), and
    goes on for up to SEEK_S where nothing is found. Raises NoSuchStop where an end names a stop that is not there.
    """
    now_at = int(now.timestamp())
    if query.window_s == 0:
        return _best_alone(engine, query, now_at)
    window = first = _window(engine, query, turned or Turned(), now_at)
    found = begun = _search(engine, query, window, now_at)
    while at_most and not found.rides and (further := _further(engine, query, window, first, now_at)):
        window, found = further, _search(engine, query, further, now_at)
    rides = found.rides
    if at_most:
        window, rides = _cut(window, found, query.arrive_by, at_most)
    low, high = (first.from_at, window.until_at) if window.from_start else (window.from_at, first.until_at)
    return Page(
        _itineraries(engine, query, (found.day, rides), begun),
        _instant(low),
        _instant(high),
        earlier=low > max(now_at, engine.first_at),
        later=high < engine.last_at,
    )


def _best_alone(engine: Engine, query: Query, now_at: int) -> Page:
    """The best journey for each number of vehicles at the time asked for; leaving now where that is over."""
    at = int(query.time_at.timestamp())
    at = at if query.arrive_by else max(at, now_at)
    day = engine.day_at(_instant(at - LONGEST_S if query.arrive_by else at), step_free=query.step_free)
    found = _planned(engine, replace(query, time_at=_instant(at)), day, now_at)
    itineraries = _itineraries(engine, query, (day, found.rides), found)
    return Page(itineraries, _instant(at), _instant(at), earlier=False, later=False)


def _itineraries(
    engine: Engine, query: Query, rides: tuple[Day, list[Journey]], begun: _Found
) -> tuple[Itinerary, ...]:
    """Rides, and beside them the direct ways at the time asked for, as `filters.in_order` has them."""
    translator = Translator(engine, query.language)
    day, journeys = rides
    listed = [translator.itinerary(journey, day.timetable, query) for journey in journeys]
    direct = [translator.itinerary(journey, begun.day.timetable, query) for journey in begun.direct]
    first = 1 if begun.walk_first else 0
    return (*direct[:first], *listed, *direct[first:])


def _window(engine: Engine, query: Query, turned: Turned, now_at: int) -> _Window:
    """The window that is asked for, without what is over and what one day's timetable cannot answer."""
    asked_at, span = int(query.time_at.timestamp()), query.window_s
    if turned.after is not None:
        from_at, from_start = int(turned.after.timestamp()), True
    elif turned.before is not None:
        from_at, from_start = int(turned.before.timestamp()) - 1 - span, False
    else:
        from_at, from_start = asked_at - (span if query.arrive_by else 0), not query.arrive_by
    until_at = from_at + span
    from_at = min(max(from_at, now_at), until_at)
    return _answerable(engine, query.arrive_by, from_at, until_at, from_start)


def _answerable(engine: Engine, arrive_by: bool, from_at: int, until_at: int, from_start: bool) -> _Window:
    """The part of a window, from its start or to its end, that the timetable of one day can answer."""
    if arrive_by:
        day_at = from_at - ARRIVALS_FROM_S if from_start else until_at - LONGEST_S
        low, high = ARRIVALS_FROM_S, ARRIVALS_UNTIL_S - 1
    else:
        day_at = from_at if from_start else until_at - (DEPARTURES_UNTIL_S - 24 * HOUR_S)
        low, high = 0, DEPARTURES_UNTIL_S - 1
    start_at = engine.day_start(_instant(day_at))
    if from_start:
        return _Window(from_at, min(until_at, start_at + high), day_at, True)
    return _Window(max(from_at, start_at + low), until_at, day_at, False)


def _further(engine: Engine, query: Query, window: _Window, first: _Window, now_at: int) -> _Window | None:
    """What may still be looked through beside a window in which nothing is."""
    if window.from_start:
        from_at, until_at = window.until_at + 1, first.from_at + SEEK_S
    else:
        from_at, until_at = max(first.until_at - SEEK_S, now_at), window.from_at - 1
    return _answerable(engine, query.arrive_by, from_at, until_at, window.from_start) if from_at < until_at else None


def _search(engine: Engine, query: Query, window: _Window, now_at: int) -> _Found:
    """The journeys of a window."""
    day = engine.day_at(_instant(window.day_at), step_free=query.step_free)
    # A window of one second would mean the best alone.
    span = max(1, window.until_at - window.from_at)
    time_at = window.until_at if query.arrive_by else window.from_at
    found = _planned(engine, replace(query, time_at=_instant(time_at), window_s=span), day, now_at)
    seconds = range(window.from_at, window.until_at + 1)
    return found._replace(rides=[ride for ride in found.rides if _second(ride, day, query.arrive_by) in seconds])


def _planned(engine: Engine, query: Query, day: Day, now_at: int) -> _Found:
    """What is planned by the timetable of a day."""
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    found = plan(day, engine.ground, query, ends, now_at)
    direct = [journey for journey in found if not journey.vehicles]
    first = found[0].legs[0] if found else None
    walk_first = isinstance(first, StreetLeg) and not found[0].vehicles and first.mode == Mode.WALK
    return _Found(day, [journey for journey in found if journey.vehicles], direct, walk_first)


def _cut(window: _Window, found: _Found, arrive_by: bool, at_most: int) -> tuple[_Window, list[Journey]]:
    """The window up to the first ride too many, and its rides. Rides of the same second stay together."""
    seconds = sorted((_second(ride, found.day, arrive_by) for ride in found.rides), reverse=not window.from_start)
    if len(seconds) <= at_most:
        return window, found.rides
    beyond = next((at for at in seconds[at_most:] if at != seconds[0]), None)
    if beyond is None:
        return window, found.rides
    if window.from_start:
        window = window._replace(until_at=beyond - 1)
    else:
        window = window._replace(from_at=beyond + 1)
    kept = range(window.from_at, window.until_at + 1)
    return window, [ride for ride in found.rides if _second(ride, found.day, arrive_by) in kept]


def _second(ride: Journey, day: Day, arrive_by: bool) -> int:
    """The Unix second by which a ride has its place in a window."""
    return day.timetable.base_at + (ride.end_s if arrive_by else ride.start_s)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
