"""From a query to a page of itineraries on one network.

A page is a window of time: departures (arriving by a time: arrivals) from one second to another, both included. It
holds the journeys of the window that no other journey beats in departure, arrival and number of vehicles, whether the
other lies in the window or outside (`planner.find_journeys`), less those that the rules of `filters` drop because of
another of the same page. So a journey has its place on one page only, whatever the other pages are; pages side by side
show none twice and miss none; and where a journey was dropped, what makes it pointless is on the same page (or, where
the page was cut at a number of rides, on the one that goes on from there). A window that reaches into the next day is
searched in parts, each by the timetable of its day.

Seconds are those of the search: a journey that begins or ends on foot is shown by whole minutes, leaving up to 59
seconds earlier and arriving up to 59 seconds later. Direct ways fit any time and stand on every page.

Where a query has criteria, a page has some rides more (`alternatives`). They change neither its bounds nor its other
rides. Each has its place on one page only, as the others have; but which of them are worth showing depends on what else
is on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from transit.journeys.alternatives import Part, with_alternatives
from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.journeys.rentals import fleets
from transit.routing.criteria import SLACK_S
from transit.routing.itinerary import Itinerary
from transit.routing.journey import Journey, StreetLeg
from transit.routing.planner import Day, Ends, plan
from transit.routing.query import Mode, Query

HOUR_S = 3600
# A journey that arrives by a time may last so long before it and still be inside one day's window.
LONGEST_S = 12 * HOUR_S
# What one day's timetable can answer, in seconds after the day's start: departures that have ten hours left to arrive,
# arrivals that have ten hours behind them. Wider windows are searched in parts.
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
    """A window in Unix seconds, both included. `from_start`: it grows from its start; else the other way round."""

    from_at: int
    until_at: int
    from_start: bool

    def holds(self, at: int) -> bool:
        """Whether a second is in it."""
        return self.from_at <= at <= self.until_at

    def joined(self, other: _Window) -> _Window:
        """The window together with one beside it."""
        return _Window(min(self.from_at, other.from_at), max(self.until_at, other.until_at), self.from_start)


class _Ride(NamedTuple):
    """A journey with vehicles, the second by which it has its place in a window, and the timetable that it is of."""

    at: int
    day: Day
    journey: Journey


class _Found(NamedTuple):
    """What a window holds, by the timetable of a day."""

    day: Day
    rides: list[_Ride]
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
    asked = _window(query, turned or Turned(), now_at)
    parts = [_search(engine, query, part, now_at) for part in _parts(engine, query.arrive_by, asked)]
    rides, window = [ride for part in parts for ride in part.rides], asked
    if at_most and not rides:
        for part in _parts(engine, query.arrive_by, _beyond(asked, now_at)):
            rides, window = _search(engine, query, part, now_at).rides, window.joined(part)
            if rides:
                break
    if at_most:
        window, rides = _cut(window, rides, at_most)
    itineraries = _itineraries(engine, query, rides, parts[0])
    if query.criteria:
        searched = [Part(_day_at(query.arrive_by, part), *part[:2]) for part in _parts(engine, query.arrive_by, window)]
        itineraries = with_alternatives(engine, query, searched, itineraries, now_at)
    return Page(
        itineraries,
        _instant(window.from_at),
        _instant(window.until_at),
        earlier=window.from_at > max(now_at, engine.first_at),
        later=window.until_at < engine.last_at,
    )


def _best_alone(engine: Engine, query: Query, now_at: int) -> Page:
    """The best journey for each number of vehicles at the time asked for; leaving now where that is over."""
    at = int(query.time_at.timestamp())
    at = at if query.arrive_by else max(at, now_at)
    day_at = at - LONGEST_S if query.arrive_by else at
    found = _planned(engine, replace(query, time_at=_instant(at)), day_at, now_at)
    itineraries = _itineraries(engine, query, found.rides, found)
    if query.criteria:
        # Whoever must be there by a time may as well be there earlier.
        from_at = at - SLACK_S if query.arrive_by else at
        itineraries = with_alternatives(engine, query, [Part(day_at, from_at, at)], itineraries, now_at)
    return Page(itineraries, _instant(at), _instant(at), earlier=False, later=False)


def _itineraries(engine: Engine, query: Query, rides: list[_Ride], begun: _Found) -> tuple[Itinerary, ...]:
    """Rides, and beside them the direct ways at the time asked for, as `filters.in_order` has them."""
    translator = Translator(engine, query.language)
    # Parts of a window that is searched from its end are found in the order of going back.
    ordered = sorted(rides, key=lambda ride: ride.day.timetable.base_at)
    listed = [translator.itinerary(ride.journey, ride.day.timetable, query) for ride in ordered]
    direct = [translator.itinerary(journey, begun.day.timetable, query) for journey in begun.direct]
    first = 1 if begun.walk_first else 0
    return (*direct[:first], *listed, *direct[first:])


def _window(query: Query, turned: Turned, now_at: int) -> _Window:
    """The window that is asked for, without what is over."""
    asked_at, span = int(query.time_at.timestamp()), query.window_s
    if turned.after is not None:
        from_at, from_start = int(turned.after.timestamp()), True
    elif turned.before is not None:
        from_at, from_start = int(turned.before.timestamp()) - 1 - span, False
    else:
        from_at, from_start = asked_at - (span if query.arrive_by else 0), not query.arrive_by
    until_at = from_at + span
    return _Window(min(max(from_at, now_at), until_at), until_at, from_start)


def _beyond(window: _Window, now_at: int) -> _Window:
    """What may still be looked through beside a window in which nothing is."""
    if window.from_start:
        return _Window(window.until_at + 1, window.from_at + SEEK_S, True)
    return _Window(max(window.until_at - SEEK_S, now_at), window.from_at - 1, False)


def _parts(engine: Engine, arrive_by: bool, window: _Window) -> Iterator[_Window]:
    """A window in parts that the timetable of one day can answer, in the direction in which it grows."""
    low, high, from_start = window
    while low <= high:
        start_at = engine.day_start(_instant(_day_at(arrive_by, _Window(low, high, from_start))))
        if from_start:
            end = start_at + (ARRIVALS_UNTIL_S if arrive_by else DEPARTURES_UNTIL_S) - 1
            part = _Window(low, min(high, end), True)
            low = part.until_at + 1
        else:
            part = _Window(max(low, start_at + (ARRIVALS_FROM_S if arrive_by else 0)), high, False)
            high = part.from_at - 1
        yield part


def _day_at(arrive_by: bool, window: _Window) -> int:
    """A moment of the day whose timetable answers most of a window, from where it grows."""
    if window.from_start:
        return window.from_at - (ARRIVALS_FROM_S if arrive_by else 0)
    return window.until_at - (LONGEST_S if arrive_by else DEPARTURES_UNTIL_S - 24 * HOUR_S)


def _search(engine: Engine, query: Query, window: _Window, now_at: int) -> _Found:
    """The journeys of a part of a window."""
    # A window of one second would mean the best alone.
    span = max(1, window.until_at - window.from_at)
    time_at = _instant(window.until_at if query.arrive_by else window.from_at)
    asked = replace(query, time_at=time_at, window_s=span)
    found = _planned(engine, asked, _day_at(query.arrive_by, window), now_at)
    return found._replace(rides=[ride for ride in found.rides if window.holds(ride.at)])


def _planned(engine: Engine, query: Query, day_at: int, now_at: int) -> _Found:
    """What is planned by the timetable of a day."""
    day = engine.day_at(_instant(day_at), step_free=query.step_free)
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    hired = fleets(engine, query, _instant(now_at))
    found = plan(day, engine.ground, query, ends, now_at, hired, engine.network.flex.rides)
    base_at = day.timetable.base_at
    rides = [
        _Ride(base_at + (journey.end_s if query.arrive_by else journey.start_s), day, journey)
        for journey in found
        if journey.vehicles
    ]
    direct = [journey for journey in found if not journey.vehicles]
    first = found[0].legs[0] if found else None
    walk_first = isinstance(first, StreetLeg) and not found[0].vehicles and first.mode == Mode.WALK
    return _Found(day, rides, direct, walk_first)


def _cut(window: _Window, rides: list[_Ride], at_most: int) -> tuple[_Window, list[_Ride]]:
    """The window up to the first ride too many, and its rides. Rides of the same second stay together."""
    seconds = sorted((ride.at for ride in rides), reverse=not window.from_start)
    beyond = next((at for at in seconds[at_most:] if at != seconds[0]), None)
    if beyond is None:
        return window, rides
    if window.from_start:
        window = window._replace(until_at=beyond - 1)
    else:
        window = window._replace(from_at=beyond + 1)
    return window, [ride for ride in rides if window.holds(ride.at)]


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
