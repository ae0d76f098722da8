"""Our own dispatcher is asked for its rides before they are shown, all at once and not for long.

Bounds were searched with; what is shown is the quote: when and where one is met, by when one is there, what it costs,
until when it can be ordered. A ride that is refused, does not fit the others or is not answered in time is not shown.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from threading import BoundedSemaphore
from typing import Final, NamedTuple

from django.db import close_old_connections, connection

from transit.journeys.dispatched import WALK_MPS, Offered, offered_by
from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.journeys.places import name_at
from transit.journeys.planning import Page, page_of
from transit.journeys.rechecking import ItineraryChanged, redrawn
from transit.journeys.ride_prices import prices_of
from transit.journeys.wishes import Asked, Company, spot_of, wishes_of
from transit.money import total
from transit.ondemand import quoting
from transit.ondemand.quote import Quote, Reason, RideRefused, Spot, Wish
from transit.ondemand.rules import Exclusion
from transit.register.sellers import find_seller
from transit.routing.itinerary import FareProduct, Itinerary, Leg, Live, Place, Quoted
from transit.routing.query import Mobility, Mode, Query

logger = logging.getLogger(__name__)
DEADLINE_S: Final = 2.0
_POOL: Final = ThreadPoolExecutor(8, "quotes")
MOST_WAITING: Final = 400
"""More is not answered within the deadline, at some twenty milliseconds each."""
_ROOM: Final = BoundedSemaphore(MOST_WAITING)
MOST_S: Final = 86_400
"""The longest window that can be searched."""
_SOLD: Final = frozenset({"hosted", "tomp"})
Answer = list[Quote] | RideRefused
Day = tuple[str, date]
"""A service (`ondemand:code`) on a service day."""


@dataclass(frozen=True)
class Questions:
    """Wishes that are being answered, until `ends_at` (of the process's clock) at the latest."""

    futures: Mapping[Wish, Future[Answer]]
    ends_at: float

    @cached_property
    def answers(self) -> dict[Wish, Answer]:
        """What has been answered in time."""
        wait(self.futures.values(), max(0.0, self.ends_at - time.monotonic()))
        for each in self.futures.values():
            each.cancel()  # what has not begun by now is answered to nobody
        done = {wish: each for wish, each in self.futures.items() if each.done() and not each.cancelled()}
        for each in done.values():
            if wrong := each.exception():
                logger.error("a ride cannot be quoted", exc_info=wrong)
        return {wish: each.result() for wish, each in done.items() if each.exception() is None}


def ask(wishes: Iterable[Wish], now: datetime, ends_at: float | None = None) -> Questions:
    """Begin to ask. Of what comes while too much waits, nothing is known."""
    wanted = dict.fromkeys(wishes)
    if connection.in_atomic_block:  # what a transaction has written, nobody else sees
        futures = {wish: _done(_quote(wish, now)) for wish in wanted}
    else:
        futures = {wish: future for wish in wanted if (future := _submit(wish, now)) is not None}
    return Questions(futures, deadline() if ends_at is None else ends_at)


def deadline() -> float:
    """Until when what is asked now is waited for, by the process's clock."""
    return time.monotonic() + DEADLINE_S


def _submit(wish: Wish, now: datetime) -> Future[Answer] | None:
    if not _ROOM.acquire(blocking=False):
        return None
    future = _POOL.submit(_quote_apart, wish, now)
    future.add_done_callback(lambda _: _ROOM.release())
    return future


def _done(answer: Answer) -> Future[Answer]:
    future: Future[Answer] = Future()
    future.set_result(answer)
    return future


def _quote_apart(wish: Wish, now: datetime) -> Answer:
    """With the thread's own connection to the database."""
    try:
        return _quote(wish, now)
    finally:
        close_old_connections()


def _quote(wish: Wish, now: datetime) -> Answer:
    try:
        return quoting.quote(wish, now)
    except RideRefused as refused:
        return refused


@dataclass(frozen=True, slots=True)
class Refused:
    """A service that does not take somebody: why, and when it would."""

    offered: Offered
    code: str
    nearest: datetime | None


class Alone(NamedTuple):
    """A ride of ours that is all there is to ride from one place of the query to the next, which are those in position
    `part` and after; and when a bus does as well.
    """

    part: int
    leg: Leg
    offered: Offered
    limits: list[Exclusion]

    @property
    def wait_s(self) -> int:
        """How far from the wish a bus may be."""
        return max(each.bus_wait_s or 0 for each in self.limits)


@dataclass(frozen=True)
class Asking:
    """A page of a search whose rides of ours are being asked for."""

    engine: Engine
    query: Query
    company: Company
    page: Page
    wanted: Mapping[int, list[Asked]]
    """What each itinerary of the page wishes for, by its identity: the page keeps it."""
    questions: Questions
    now: datetime
    excluded: list[Refused] = field(default_factory=list)
    """What was not shown, as the rules send one to the bus."""

    @classmethod
    def of(cls, engine: Engine, query: Query, page: Page, now: datetime) -> Asking:
        """Begin to ask for what stands on a page."""
        company = Company(query.travellers, query.mobility, query.party)
        wanted = {id(one): wishes_of(engine, one, company, query.arrive_by) for one in page.itineraries}
        wishes = (each.wish for listed in wanted.values() for each in listed)
        return cls(engine, query, company, page, wanted, ask(wishes, now), now)

    def _wanted(self, itinerary: Itinerary) -> list[Asked]:
        """What is wished for; operators of others may have moved the itinerary meanwhile."""
        known = self.wanted.get(id(itinerary))
        return wishes_of(self.engine, itinerary, self.company, self.query.arrive_by) if known is None else known

    def refused(self) -> list[Refused]:
        """What was refused, each service and reason once."""
        answers = self.questions.answers
        found = {(each.offered.name, each.code): each for each in self.excluded}
        for itinerary in self.page.itineraries:
            for each in self._wanted(itinerary):
                said = answers.get(each.wish)
                if isinstance(said, RideRefused):
                    found.setdefault((each.offered.name, said.code), Refused(each.offered, said.code, said.nearest))
        return list(found.values())

    def told(self, itineraries: Sequence[Itinerary]) -> tuple[Itinerary, ...]:
        """The itineraries with what is quoted, less those that cannot be had so."""
        answers = self.questions.answers
        written = [told for each in itineraries for told in self._told(each, answers)]
        # Zones may overlap, so that one ride has been found twice.
        shown = list({tuple(map(_ridden_as, each.legs)): each for each in reversed(written)}.values())[::-1]
        alone = {id(each): list(_alone(each)) for each in shown}
        by_part: dict[int, list[Alone]] = {}
        for ride in (ride for rides in alone.values() for ride in rides):
            by_part.setdefault(ride.part, []).append(ride)
        buses = {part: self._by_timetable(part, rides) for part, rides in by_part.items()}
        kept = []
        for each in shown:
            excluded = [ride for ride in alone[id(each)] if self._is_excluded(ride, buses[ride.part])]
            self.excluded.extend(Refused(ride.offered, Reason.EXCLUDED, None) for ride in excluded)
            if not excluded:
                kept.append(each)
        return tuple(kept)

    def _told(self, itinerary: Itinerary, answers: Mapping[Wish, Answer]) -> Iterator[Itinerary]:
        """Of a ride from door to door all choices within the window of the page, of another journey the best one."""
        wanted = self._wanted(itinerary)
        if not wanted:
            yield itinerary
            return
        quotes = [answers.get(each.wish) for each in wanted]
        best = [
            each.best_of(said) if isinstance(said, list) else None for each, said in zip(wanted, quotes, strict=True)
        ]
        chosen = [(each, quote) for each, quote in zip(wanted, best, strict=True) if quote is not None]
        if len(chosen) < len(wanted):
            return
        choices = [chosen]
        if itinerary.vehicles == 1 and isinstance(quotes[0], list):
            others = (each for each in quotes[0] if each is not best[0] and wanted[0].fits(each))
            choices += [[(wanted[0], each)] for each in others if self._is_within(each)]
        translator, whole = Translator(self.engine, self.query.language), replace(itinerary, party=self.query.party)
        for choice in choices:
            yield _written(translator, whole, choice, self.company, {})

    def _is_within(self, quote: Quote) -> bool:
        """Whether a ride has its place on the page."""
        at = quote.arrive_by if self.query.arrive_by else quote.earliest_at
        return self.page.from_at <= at <= self.page.until_at

    def _by_timetable(self, part: int, rides: Sequence[Alone]) -> list[Itinerary]:
        """What runs by timetable about the time of some rides between the same places, also where another vehicle was
        wished for, or where one that is called is quicker and hides it.
        """
        waits = [timedelta(seconds=ride.wait_s) for ride in rides]
        wished = [self._wished(ride.leg) for ride in rides]
        from_at = min(at - wait for at, wait in zip(wished, waits, strict=True))
        until_at = max(at + wait for at, wait in zip(wished, waits, strict=True))
        places = [self.query.origin, *(each.place for each in self.query.via), self.query.destination]
        asked = Query(
            origin=places[part],
            destination=places[part + 1],
            time_at=until_at if self.query.arrive_by else from_at,
            arrive_by=self.query.arrive_by,
            window_s=min(max(int((until_at - from_at).total_seconds()), 1), MOST_S),
            travellers=self.query.travellers,
            walk_speed_mps=self.query.walk_speed_mps,
            bicycle=False,
            mobility=self.query.mobility,
            language=self.query.language,
        )
        found = page_of(self.engine, asked, self.now).itineraries
        return [each for each in found if each.vehicles and not any(leg.ordering for leg in each.legs)]

    def _is_excluded(self, ride: Alone, buses: Sequence[Itinerary]) -> bool:
        """Whether the rules send one to the bus instead: it is about as quick, at about that time."""
        assert ride.leg.ordering is not None, "rides of ours are ordered"
        drive_s = ride.leg.ordering.estimated_s
        return any(
            each.walk.total_seconds() <= (limit.bus_walk_m or 0) / WALK_MPS
            and abs(self._away(each, ride.leg)).total_seconds() <= (limit.bus_wait_s or 0)
            and (each.end_at - each.start_at).total_seconds() <= limit.bus_factor * drive_s
            for limit in ride.limits
            for each in buses
        )

    def _away(self, bus: Itinerary, leg: Leg) -> timedelta:
        """How far a journey is from the wish."""
        return (bus.end_at if self.query.arrive_by else bus.start_at) - self._wished(leg)

    def _wished(self, leg: Leg) -> datetime:
        """When whoever is shown a ride wishes to be there, or to leave."""
        wished = self.query.time_at
        return min(wished, leg.end_at) if self.query.arrive_by else max(wished, leg.start_at)


def _alone(itinerary: Itinerary) -> Iterator[Alone]:
    """The rides of ours that a bus may make needless."""
    ends = [0, *(stay.leg for stay in itinerary.stays), len(itinerary.legs)]
    for part, (first, last) in enumerate(pairwise(ends)):
        rides = [leg for leg in itinerary.legs[first:last] if leg.is_transit]
        offered = offered_by(rides[0]) if len(rides) == 1 and rides[0].ordering is not None else None
        limits = [each for each in offered.rules.exclusions if each.bus_walk_m is not None] if offered else []
        if offered is not None and limits:
            yield Alone(part, rides[0], offered, limits)


def requoted(
    engine: Engine,
    itinerary: Itinerary,
    language: str,
    now: datetime,
    turn: int | None = None,
    spent: Mapping[Day, int] = {},
) -> Itinerary:
    """An itinerary whose rides of ours are quoted anew, as they were proposed. Raises ItineraryChanged.

    `spent` is what the first traveller pays for such rides that are bought already.
    """
    company = Company(itinerary.travellers, itinerary.mobility, itinerary.party)
    wanted = wishes_of(engine, itinerary, company, turn=turn)
    if not wanted:
        return itinerary
    # Who had to be there by a time was quoted another window: nothing in an itinerary says which way it was asked.
    by_end = wishes_of(engine, itinerary, company, arrive_by=True, turn=turn)
    answers = ask((each.wish for each in (*wanted, *by_end)), now).answers
    chosen, lost = [], []
    for ways in zip(wanted, by_end, strict=True):
        each, leg = ways[0], itinerary.legs[ways[0].leg]
        said = [answers.get(way.wish) for way in ways]
        same = [quote for quotes in said if isinstance(quotes, list) for quote in quotes if _is_as_shown(quote, leg)]
        if same:
            chosen.append((each, same[0]))
        else:
            lost.append(each.leg)
    if lost:
        raise ItineraryChanged(tuple(lost))
    return _written(Translator(engine, language), itinerary, chosen, company, spent, turn)


def _is_as_shown(quote: Quote, leg: Leg) -> bool:
    """One is met in the same window and is there by the same time, or earlier."""
    shown = leg.ordering
    window = shown and (shown.pickup_from_at, shown.pickup_until_at)
    return (quote.earliest_at, quote.latest_at) == window and quote.arrive_by <= leg.end_at


def _written(
    translator: Translator,
    itinerary: Itinerary,
    chosen: Sequence[tuple[Asked, Quote]],
    company: Company,
    spent: Mapping[Day, int],
    turn: int | None = None,
) -> Itinerary:
    """The itinerary with quoted rides, the walks to and from where one is met, and what they cost."""
    quotes = {asked.leg: (asked, quote) for asked, quote in chosen}
    breaks: Breaks = {stay.leg: timedelta(seconds=stay.least_s) for stay in itinerary.stays}
    breaks |= {} if turn is None else {turn: None}
    legs: list[Leg] = []
    new: dict[int, int] = {}
    for i, leg in enumerate(itinerary.legs):
        before, ride, after = _ridden(translator, leg, *quotes[i], company.mobility) if i in quotes else ((), leg, ())
        if i in quotes:
            led = _led_to(
                itinerary.legs[:i], ride.start_at - sum((each.duration for each in before), timedelta()), breaks
            )
            legs[len(legs) - len(led) :] = led
        elif _follows(itinerary.legs, i, quotes, breaks):
            at = legs[-1].end_at + (breaks.get(i) or timedelta())
            ride = replace(leg, start_at=at, end_at=at + leg.duration)
        new[i] = len(legs) + len(before)
        legs += [*before, ride, *after]
    fares = [_moved(fare, new) for fare in itinerary.fares]
    changes = any(_is_sold(leg) for leg in legs)
    days = {day: Counter({company.travellers[0].key: minor}) for day, minor in spent.items()}
    for i, (asked, quote) in quotes.items():
        sums = days.setdefault((asked.offered.name, quote.day), Counter())
        own = prices_of(asked.offered, quote, new[i], company, translator.language, changes=changes, spent=sums)
        sums.update({each.traveller.key: each.price.minor for each in own})
        fares += own
        ordering = legs[new[i]].ordering
        assert ordering is not None, "a quoted ride is ordered"
        price = total((each.price for each in own), asked.offered.rules.currency)
        legs[new[i]] = replace(legs[new[i]], ordering=replace(ordering, price=price))
    priced = {leg for fare in fares for leg in fare.legs}
    unpriced = sorted({new[leg] for leg in itinerary.unpriced_legs} - priced)
    stays = tuple(replace(stay, leg=new.get(stay.leg, len(legs))) for stay in itinerary.stays)
    return replace(itinerary, legs=tuple(legs), fares=tuple(fares), unpriced_legs=tuple(unpriced), stays=stays)


def _ridden_as(leg: Leg) -> tuple[object, ...]:
    """What one ride is the same by."""
    return leg.mode, leg.start, leg.end, leg.start_at, leg.end_at, leg.service and leg.service.trip_id


def _moved(fare: FareProduct, new: Mapping[int, int]) -> FareProduct:
    lines = (replace(line, legs=tuple(new[leg] for leg in line.legs)) for line in fare.explanation)
    return replace(fare, legs=tuple(new[leg] for leg in fare.legs), explanation=tuple(lines))


Breaks = dict[int, timedelta | None]
"""Before which legs one stays, and how long at least. None: the way back begins, which nobody hurries to."""


def _follows(legs: Sequence[Leg], i: int, quoted: Container[int], breaks: Breaks) -> bool:
    """Whether a leg is a walk after a quoted ride, and no ride follows that is to be caught before the next stay."""
    last = next((j for j in reversed(range(i)) if legs[j].service is not None), None)
    if last is None or last not in quoted or any(last < each <= i and breaks[each] is None for each in breaks):
        return False
    return all(leg.service is None for leg in legs[i : min((each for each in breaks if each > i), default=len(legs))])


def _led_to(legs: Sequence[Leg], at: datetime, breaks: Breaks) -> list[Leg]:
    """The last legs before a ride, those that are walks alone since the last stay: one leaves so that one is there in
    time. Where there is no ride before either, one comes to the stay so that it is as long as was wished.
    """
    first = max((each for each in breaks if each <= len(legs)), default=0)
    if any(leg.service is not None for leg in legs[first:]):
        return []
    moved: list[Leg] = []
    for leg in reversed(legs[first:]):
        moved.append(replace(leg, start_at=at - leg.duration, end_at=at))
        at -= leg.duration
    stay = breaks.get(first)
    if stay is None:
        return moved[::-1]
    sooner = {each: least for each, least in breaks.items() if each < first}
    return [*_led_to(legs[:first], at - stay, sooner), *moved[::-1]]


def _is_sold(leg: Leg) -> bool:
    """Whether a ride by timetable is sold here."""
    if leg.service is None or leg.ordering is not None:
        return False
    seller = find_seller(leg.service.agency_id)
    return seller is not None and seller.sales in _SOLD


def _ridden(
    translator: Translator, leg: Leg, asked: Asked, quote: Quote, mobility: Mobility
) -> tuple[tuple[Leg, ...], Leg, tuple[Leg, ...]]:
    """The walk to where one is met, the ride, and the walk from where one is set down."""
    engine, rules = translator.engine, asked.offered.rules
    start, end = (
        _place(translator, asked, place, spot) for place, spot in ((leg.start, quote.pickup), (leg.end, quote.drop_off))
    )
    drive = driven(engine, start, end)
    assert leg.ordering is not None, "rides of ours are ordered"
    assert leg.service is not None, "rides of ours are of a service"
    ordering = replace(
        leg.ordering,
        pickup_from_at=quote.earliest_at,
        pickup_until_at=quote.latest_at,
        order_until_at=quote.order_until,
        estimated_s=int((quote.planned_drop_off_at - quote.told_at).total_seconds()),
        safe_s=int((quote.arrive_by - quote.earliest_at).total_seconds()),
        phone=rules.booking.phone,
        live=Live.TOLD,
        quote=Quoted(quote.token, quote.expires_at, quote.planned_drop_off_at),
    )
    ride = replace(
        leg, start=start, end=end, start_at=quote.earliest_at, end_at=quote.arrive_by, distance_m=quote.direct_m,
        polyline=drive.polyline, ordering=ordering, service=replace(leg.service, service_date=quote.day),
    )  # fmt: skip
    there, on = timedelta(seconds=quote.pickup_walk_s), timedelta(seconds=quote.drop_off_walk_s)
    return (
        _walk(translator, (leg.start, start), (ride.start_at - there, ride.start_at), mobility),
        ride,
        _walk(translator, (end, leg.end), (ride.end_at, ride.end_at + on), mobility),
    )


def _walk(
    translator: Translator, ends: tuple[Place, Place], span: tuple[datetime, datetime], mobility: Mobility
) -> tuple[Leg, ...]:
    """A walk between a door and where one is met; none where that is the same."""
    start_at, end_at = span
    if start_at == end_at:
        return ()
    return (redrawn(translator.engine, translator, Leg(Mode.WALK, *ends, start_at, end_at, 0), mobility),)


def _place(translator: Translator, asked: Asked, place: Place, spot: Spot) -> Place:
    """Where one is met, as it is called; the place itself where that is it."""
    engine, rules = translator.engine, asked.offered.rules
    known = spot_of(engine, rules, place)
    if (known.lon, known.lat) == (spot.lon, spot.lat):
        return place
    stop = next((each for each in rules.stops if each.code == spot.stop), None)
    name = stop.name if stop else name_at(engine, spot.lat, spot.lon, translator.language) or place.name
    return Place(name, spot.lat, spot.lon, rules.timezone)
