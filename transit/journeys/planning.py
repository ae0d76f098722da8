"""From a query to a page of itineraries on one network.

A page is a window of time: departures (arriving by a time: arrivals) from one second to another, both included. It
holds the journeys of the window that no other journey beats in departure, arrival and number of vehicles, whether the
other lies in the window or outside (`planner.find_journeys`), less those that the rules of `filters` drop because of
another of the same page. So a journey has its place on one page only, whatever the other pages are; pages side by side
show none twice and miss none; and where a journey was dropped, what makes it pointless is on the same page (or, where
the page was cut at a number of rides, on the one that goes on from there). So it is by way of other places too, where
the whole counts (`via`). A window that reaches into the next day is
searched in parts, each by the timetable of its day.

Seconds are those of the search: a journey that begins or ends on foot is shown by whole minutes, leaving up to 59
seconds earlier and arriving up to 59 seconds later. Direct ways fit any time and stand on every page.

Where a query has criteria, a page has some rides more (`alternatives`). They change neither its bounds nor its other
rides. Each has its place on one page only, as the others have; but which of them are worth showing depends on what else
is on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from transit.journeys.alternatives import Part, looks_further, with_alternatives
from transit.journeys.beside import beside
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.itineraries import Piece, Translator
from transit.journeys.reasons import Reason
from transit.journeys.via import by_way_of
from transit.journeys.windows import HOUR_S, LONGEST_S, Window, day_at, parts_of
from transit.routing.criteria import SLACK_S
from transit.routing.itinerary import Itinerary
from transit.routing.journey import StreetLeg
from transit.routing.planner import Ends, plan
from transit.routing.preferences import with_fewest_changes
from transit.routing.query import Mode, Query

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
    reasons: tuple[Reason, ...] = ()
    """Why there is no ride, where there is none and that has been asked: see `why_not`."""


class _Ride(NamedTuple):
    """A journey with vehicles, in its parts, and the second by which it has its place in a window."""

    at: int
    pieces: tuple[Piece, ...]


class _Found(NamedTuple):
    """What a window holds: rides, and the direct ways."""

    rides: list[_Ride]
    direct: list[tuple[Piece, ...]]
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
    parts = [_search(engine, query, part, now_at) for part in parts_of(engine, query.arrive_by, asked)]
    rides, window = [ride for part in parts for ride in part.rides], asked
    if at_most and not rides:
        for part in parts_of(engine, query.arrive_by, _beyond(asked, now_at)):
            rides, window = _search(engine, query, part, now_at).rides, window.joined(part)
            if rides:
                break
    if at_most:
        window, rides = _cut(window, rides, at_most)
    itineraries = _itineraries(engine, query, rides, parts[0])
    if looks_further(query):
        searched = [
            Part(day_at(query.arrive_by, part), *part[:2]) for part in parts_of(engine, query.arrive_by, window)
        ]
        itineraries = with_alternatives(engine, query, searched, itineraries, now_at)
    return Page(
        itineraries,
        instant(window.from_at),
        instant(window.until_at),
        earlier=window.from_at > max(now_at, engine.first_at),
        later=window.until_at < engine.last_at,
    )


def _best_alone(engine: Engine, query: Query, now_at: int) -> Page:
    """The best journey for each number of vehicles at the time asked for; leaving now where that is over."""
    at = int(query.time_at.timestamp())
    at = at if query.arrive_by else max(at, now_at)
    day_at = at - LONGEST_S if query.arrive_by else at
    found = _planned(engine, replace(query, time_at=instant(at)), day_at, now_at)
    itineraries = _itineraries(engine, query, found.rides, found)
    if looks_further(query):
        # Whoever must be there by a time may as well be there earlier.
        from_at = at - SLACK_S if query.arrive_by else at
        itineraries = with_alternatives(engine, query, [Part(day_at, from_at, at)], itineraries, now_at)
    return Page(itineraries, instant(at), instant(at), earlier=False, later=False)


def _itineraries(engine: Engine, query: Query, rides: list[_Ride], begun: _Found) -> tuple[Itinerary, ...]:
    """Rides, and beside them the direct ways at the time asked for, as `filters.in_order` has them."""
    translator = Translator(engine, query.language)
    # Parts of a window that is searched from its end are found in the order of going back.
    ordered = sorted(rides, key=lambda ride: ride.pieces[0].timetable.base_at)
    listed = [translator.joined(ride.pieces, query) for ride in ordered]
    direct = [translator.joined(pieces, query) for pieces in begun.direct]
    first = 1 if begun.walk_first else 0
    return (*direct[:first], *listed, *direct[first:])


def _window(query: Query, turned: Turned, now_at: int) -> Window:
    """The window that is asked for, without what is over."""
    asked_at, span = int(query.time_at.timestamp()), query.window_s
    if turned.after is not None:
        from_at, from_start = int(turned.after.timestamp()), True
    elif turned.before is not None:
        from_at, from_start = int(turned.before.timestamp()) - 1 - span, False
    else:
        from_at, from_start = asked_at - (span if query.arrive_by else 0), not query.arrive_by
    until_at = from_at + span
    return Window(min(max(from_at, now_at), until_at), until_at, from_start)


def _beyond(window: Window, now_at: int) -> Window:
    """What may still be looked through beside a window in which nothing is."""
    if window.from_start:
        return Window(window.until_at + 1, window.from_at + SEEK_S, True)
    return Window(max(window.until_at - SEEK_S, now_at), window.from_at - 1, False)


def _search(engine: Engine, query: Query, window: Window, now_at: int) -> _Found:
    """The journeys of a part of a window."""
    # A window of one second would mean the best alone.
    span = max(1, window.until_at - window.from_at)
    time_at = instant(window.until_at if query.arrive_by else window.from_at)
    is_whole = (time_at, span) == (query.time_at, query.window_s)
    asked = query if is_whole else replace(query, time_at=time_at, window_s=span)
    found = _planned(engine, asked, day_at(query.arrive_by, window), now_at)
    return _Found([ride for ride in found.rides if window.holds(ride.at)], found.direct, found.walk_first)


def _planned(engine: Engine, query: Query, day_at: int, now_at: int) -> _Found:
    """What is planned by the timetable of a day."""
    if query.via:
        return _by_way_of(engine, query, now_at)
    if query.bicycle and query.mobility.rolls:
        query = replace(query, bicycle=False)
    day = engine.day_at(instant(day_at), query.mobility)
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    base_at, ground = day.timetable.base_at, engine.ground_for(query.mobility)
    found = plan(day, ground, query, ends, now_at, *beside(engine, query, base_at, now_at))
    found = with_fewest_changes(found) if query.fewest_changes else found
    parts: list[tuple[Piece, ...]] = [(Piece(journey, day.timetable, query),) for journey in found]
    shown, direct, which = list[_Ride](), list[tuple[Piece, ...]](), 1 if query.arrive_by else 0
    for journey, pieces in zip(found, parts, strict=True):
        facts = journey.facts
        if facts.vehicles:
            shown.append(_Ride(base_at + facts[which], pieces))
        else:
            direct.append(pieces)
    first = found[0].legs[0] if found else None
    walk_first = isinstance(first, StreetLeg) and not found[0].vehicles and first.mode == Mode.WALK
    return _Found(shown, direct, walk_first)


def _by_way_of(engine: Engine, query: Query, now_at: int) -> _Found:
    """The same by way of some places."""
    found = by_way_of(engine, query, now_at)
    rides = [_Ride(way.end_at if query.arrive_by else way.start_at, way.pieces) for way in found.rides]
    return _Found(rides, [each.pieces for each in found.direct], found.walk_first)


def _cut(window: Window, rides: list[_Ride], at_most: int) -> tuple[Window, list[_Ride]]:
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
