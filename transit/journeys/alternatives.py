"""Itineraries beside the quickest of a page: cheaper, with less CO2 or less walking, though slower.

The search (`routing.alternatives`) finds too many, and knows some prices only about. Here each has its exact price, and
is shown where it is better in something than every itinerary of the page that is not slower: that leaves no earlier and
arrives no later. Of each criterion the MOST that are best in it are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from transit.journeys.beside import beside
from transit.journeys.called_areas import day_of
from transit.journeys.charges import charges_of
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.itineraries import Translator
from transit.journeys.vehicle_prices import About, price_minor
from transit.routing.alternatives import alternatives
from transit.routing.feeding import Vehicles
from transit.routing.itinerary import Itinerary
from transit.routing.planner import Ends, asked, with_short_walks
from transit.routing.query import Criterion, Query

MOST = 2
# Less than this is no gain: minor units, grams, seconds.
LEAST_GAIN = {Criterion.PRICE: 1, Criterion.CO2: 100, Criterion.WALKING: 180}


class Part(NamedTuple):
    """A part of a page's window that the timetable of one day answers: a moment of the day, and its bounds (Unix)."""

    day_at: int
    from_at: int
    until_at: int


def looks_further(query: Query) -> bool:
    """Whether a search asks for such itineraries: they know no stays, and change more often than some wish."""
    return bool(query.criteria) and not query.via and not query.fewest_changes


def with_alternatives(
    engine: Engine, query: Query, parts: Iterable[Part], shown: Sequence[Itinerary], now_at: int
) -> tuple[Itinerary, ...]:
    """The itineraries of a page and those that are better than they by the criteria of the query."""
    found = [each for part in parts for each in _found(engine, query, part, now_at)]
    extra = [*chosen(found, shown, query.criteria), *_hires(found, shown, query.criteria)]
    if not extra:
        return tuple(shown)
    first = [each for each in shown[:1] if not each.vehicles]
    rides = [each for each in (*shown, *extra) if each.vehicles]
    direct = [each for each in (*shown[len(first) :], *extra) if not each.vehicles]
    ordered = sorted(rides, key=lambda each: (each.start_at, each.end_at, each.vehicles))
    return (*first, *ordered, *direct)


def chosen(every: Sequence[Itinerary], shown: Sequence[Itinerary], criteria: frozenset[Criterion]) -> list[Itinerary]:
    """Those of the itineraries found that are worth showing beside others."""
    found, kept = [each for each in every if each.vehicles], list[Itinerary]()
    for criterion in Criterion:
        if criterion in criteria:
            value, gain = _VALUES[criterion], LEAST_GAIN[criterion]
            known = [(amount, each.duration, i) for i, each in enumerate(found) if (amount := value(each)) is not None]
            best = 0
            for amount, _, i in sorted(known):
                if best < MOST and _is_better(found[i], amount, [*shown, *kept], value, gain):
                    kept.append(found[i])
                    best += 1
    return kept


def _hires(found: Sequence[Itinerary], shown: Sequence[Itinerary], criteria: frozenset[Criterion]) -> list[Itinerary]:
    """Of the vehicles that one can hire all the way, those that are best in something: they fit any time."""
    known = [each for each in shown if each.has_rental and not each.vehicles]
    kept: list[Itinerary] = []
    for criterion in Criterion:
        value, gain = _VALUES[criterion], LEAST_GAIN[criterion]
        amounts = [
            (amount, i) for i, each in enumerate(found) if not each.vehicles and (amount := value(each)) is not None
        ]
        if criterion in criteria and amounts:
            amount, best = min(amounts)
            others = [value(each) for each in (*known, *kept)]
            if all(other is None or amount + gain <= other for other in others):
                kept.append(found[best])
    return kept


def _walked_s(itinerary: Itinerary) -> int:
    return int(itinerary.walk.total_seconds())


def _co2_g(itinerary: Itinerary) -> int:
    return itinerary.co2_g


Value = Callable[[Itinerary], int | None]
_VALUES: dict[Criterion, Value] = {
    Criterion.PRICE: price_minor,
    Criterion.CO2: _co2_g,
    Criterion.WALKING: _walked_s,
}


def _is_better(itinerary: Itinerary, amount: int, others: Sequence[Itinerary], value: Value, gain: int) -> bool:
    """Whether it is better than all that are not slower; where there are none, than all."""
    rides = [each for each in others if each.vehicles]
    quicker = [each for each in rides if each.start_at >= itinerary.start_at and each.end_at <= itinerary.end_at]
    amounts = [value(each) for each in quicker or rides]
    return all(other is None or amount + gain <= other for other in amounts)


def _found(engine: Engine, query: Query, part: Part, now_at: int) -> list[Itinerary]:
    """What the search finds in a part of the window, as itineraries."""
    day, ground = engine.day_at(instant(part.day_at), query.mobility), engine.ground_for(query.mobility)
    charges, walked = charges_of(engine, day), with_short_walks(day, ground, query)
    charges = charges.on_foot(walked.timetable, ground.original)
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    base_at = day.timetable.base_at
    build, wish = asked(walked, ground, query, ends)
    low, high = part.from_at - base_at, part.until_at - base_at
    wish = wish.between(-high, -low) if query.arrive_by else wish.between(low, high)
    prices = About(query, charges.codes.currency, day_of(base_at)).prices
    around = beside(engine, query, base_at, now_at)
    rides = tuple(each for each in (around.rides, around.called, around.own) if each is not None and each.services)
    vehicles = Vehicles(prices, tuple(around.fleets), rides, around.parks)
    journeys = alternatives(walked, build, wish, query, charges, now_at - base_at, vehicles)
    translator = Translator(engine, query.language)
    return [translator.itinerary(journey, day.timetable, query) for journey in journeys]
