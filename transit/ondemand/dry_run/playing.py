"""Plays wishes against rules: each is asked when it was said, and taken if what is wished can be had.

The clock is the wishes' own. Nothing is asked of a database: rides and routes are kept in memory, and the dispatcher's
own code decides. Buses that do as well (`Exclusion.bus_walk_m`) are not looked for, nor are fees and no-shows played.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from transit.models import RuleSet
from transit.ondemand.admission import admit
from transit.ondemand.asks import Ask
from transit.ondemand.bounds import zones_along
from transit.ondemand.days import Book
from transit.ondemand.dry_run.played_day import PlayedDay, room_for
from transit.ondemand.fares import Rider, Way, fares_of
from transit.ondemand.places import Places
from transit.ondemand.pricing import change_for
from transit.ondemand.quote import Quote, Reason, RideRefused
from transit.ondemand.quoting import Asking
from transit.ondemand.roads import Roads
from transit.ondemand.rules import Rules
from transit.ondemand.subsidising import Room, after, grant

SERVED = "served"


@dataclass(slots=True)
class Outcome:
    """What became of an ask. `code` is SERVED or a Reason; times are known of rides that were played to their end.

    `wait_s` is from when one wants to leave until one is met, or of who wants to be there by a time, from when one is
    there until then.
    """

    ask: Ask
    code: str
    day: date | None = None
    quote: Quote | None = None
    wait_s: int = 0
    ride_s: int = 0
    fare_minor: int = 0
    change_basis_points: int = 0
    subsidies: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """What became of all asks, and the days on which vehicles were out."""

    rules: Rules
    outcomes: list[Outcome]
    days: dict[date, PlayedDay]


@dataclass
class _Stage:
    """The days so far, and what subsidies have left."""

    book: Book
    roads: Roads
    places: Places
    rooms: dict[str, Room]
    days: dict[date, PlayedDay] = field(default_factory=dict)

    def day(self, day: date, now: datetime) -> PlayedDay:
        known = self.days.get(day)
        if known is None:
            known = self.days[day] = PlayedDay(self.book, day, self.roads, self.places, now)
        known.go_on(now)
        return known


def play(rules: Rules, holidays: frozenset[date], roads: Roads, asks: Sequence[Ask]) -> Played:
    """The asks, in order, against the rules."""
    places = Places(roads)
    spots = {(each.lon, each.lat) for ask in asks for each in (ask.wish.origin, ask.wish.destination)}
    places.reserve(room_for(rules, len(spots)))
    rooms = {each.code: Room(each.yearly_minor) for each in rules.subsidies}
    stage = _Stage(Book(RuleSet(pk=0, number=0), rules, holidays), roads, places, rooms)
    outcomes = [_asked(stage, number, ask) for number, ask in enumerate(asks)]
    for day in stage.days.values():
        _note_times(day, outcomes)
    return Played(rules, outcomes, stage.days)


def _asked(stage: _Stage, number: int, ask: Ask) -> Outcome:
    rules, now = stage.book.rules, ask.asked_at
    try:
        admitted = admit(rules, stage.book.holidays, stage.roads, ask.wish, now)
    except RideRefused as refused:
        return Outcome(ask, refused.code)
    day = stage.day(admitted.day, now)
    quote = Asking(day, ask.wish, admitted, now).wished()
    if quote is None or not day.take(str(number), quote, priority=admitted.priority):
        return Outcome(ask, Reason.FULL, admitted.day)
    made = Outcome(ask, SERVED, admitted.day, quote)
    _price(stage, made, quote)
    return made


def _price(stage: _Stage, made: Outcome, quote: Quote) -> None:
    """What the party pays, and who else pays for it."""
    rules = stage.book.rules
    made.change_basis_points = change_for(rules, quote)
    ends = [(spot.lon, spot.lat) for spot in (quote.pickup, quote.drop_off)]
    way = Way(quote.direct_m, quote.direct_s, max(0, len(zones_along(rules, ends[0], ends[1])) - 1))
    people = max(1, sum(quote.load[:3]))
    riders = [Rider(group=quote.group if not each else "") for each in range(people)]
    groups = (quote.group,) if quote.group else ()
    fares = fares_of(rules.fares, way, riders, luggage=quote.load[3], moved=made.change_basis_points)
    for number, fare in enumerate(fares):
        made.fare_minor += fare.due_minor
        grants = grant(rules.subsidies, () if number else groups, quote.purpose, fare.due_minor, stage.rooms)
        stage.rooms = after(stage.rooms, grants)
        for each in grants:
            if not each.waits:
                made.subsidies[each.subsidy] = made.subsidies.get(each.subsidy, 0) + each.minor


def _note_times(day: PlayedDay, outcomes: Sequence[Outcome]) -> None:
    for key, met_s, down_s, service_s in day.times():
        made = outcomes[int(key)]
        wish, quote = made.ask.wish, made.quote
        assert quote is not None, "only what was quoted is driven"
        made.ride_s = down_s - met_s - service_s
        if wish.arrive:
            made.wait_s = round(wish.at.timestamp()) - down_s - quote.drop_off_walk_s
        else:
            made.wait_s = met_s - round(wish.at.timestamp()) - quote.pickup_walk_s


def served(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those who ride."""
    return [each for each in outcomes if each.code == SERVED]
