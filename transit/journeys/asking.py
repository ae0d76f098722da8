"""Operators of services on demand are asked, all at once and not for long, before their rides are shown.

Bounds were searched with; what is shown is what the operator says: who says that nobody comes is not shown, and a ride
that comes later than it must is not either. An operator that is silent is named as such, its ride shown without
figures.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from transit.journeys.on_call import PREFIX, Ridden, rules_by_name
from transit.journeys.shops import offered, shops_of
from transit.remote import gofs
from transit.remote.gofs import Estimate
from transit.remote.http import RemoteError
from transit.routing.itinerary import Itinerary, Leg, Live, Ordering

SOON: Final = timedelta(hours=1)
"""What an operator says of now says nothing of a ride further away."""
DEADLINE_S: Final = 2.0
KEPT_S: Final = 30.0
"""An answer, or a silence, holds so long: no operator is asked the same again and again."""
_MOST: Final = 2000
_POOL: Final = ThreadPoolExecutor(16, "asking")


@dataclass(frozen=True, slots=True)
class _Question:
    """What one operator is asked: where, by which query, between which places (lat, lon), of which brands."""

    url: str
    query: str
    pickup: tuple[float, float]
    drop_off: tuple[float, float]
    brands: tuple[str, ...]

    def ask(self) -> list[Estimate] | None:
        """What the operator says; None: nothing that can be used."""
        ask = gofs.realtime_bookings if self.query == "realtime_booking" else gofs.wait_times
        try:
            return ask(self.url, self.pickup, self.drop_off, self.brands)
        except RemoteError:
            return None


class Asks(Protocol):
    """What can be asked: equal questions have one answer."""

    def ask(self) -> list[Any] | None:
        """The answer of now; None: nothing that can be used."""
        ...


class Answers:
    """What operators have said of late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Asks, tuple[float, list[Any] | None]] = {}

    def to(self, questions: Iterable[Asks]) -> dict[Asks, list[Any] | None]:
        """The answers, after DEADLINE_S at the latest; None where there is none."""
        wanted = set(questions)
        with self._lock:
            fresh = time.monotonic() - KEPT_S
            known = {each: self._known[each][1] for each in wanted if self._known.get(each, (0.0,))[0] > fresh}
        asked = {_POOL.submit(self._ask, each): each for each in wanted - known.keys()}
        done, _ = wait(asked, DEADLINE_S)
        return dict.fromkeys(wanted) | known | {asked[each]: _said(each) for each in done}

    def _ask(self, question: Asks) -> list[Any] | None:
        found = question.ask()
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[question] = time.monotonic(), found
        return found


def _said(done: Future[list[Any] | None]) -> list[Any] | None:
    return None if done.exception() else done.result()


_ANSWERS = Answers()


def asked(itineraries: Sequence[Itinerary], language: str, now: datetime) -> tuple[Itinerary, ...]:
    """Itineraries with what operators say now of their rides, less those that cannot be had.

    Who sells a ride by TOMP is asked for it there, the others by GOFS what they say of now.
    """
    shops = shops_of(itineraries, language)
    soon = [leg for each in itineraries for leg in each.legs if leg not in shops and _is_asked(leg, now)]
    if not soon and not shops:
        return tuple(itineraries)
    rules = rules_by_name() if soon else {}
    questions = {leg: question for leg in soon if (question := _question(leg, rules))}
    answers = _ANSWERS.to([*questions.values(), *shops.values()])
    told = (
        _told(each, {leg: answers[questions[leg]] for leg in each.legs if leg in questions}, now)
        for each in itineraries
    )
    found = (
        offered(each, {leg: answers[shops[leg]] for leg in each.legs if leg in shops})
        for each in told
        if each is not None
    )
    return tuple(each for each in found if each is not None)


def _is_asked(leg: Leg, now: datetime) -> bool:
    return leg.service is not None and leg.service.trip_id.startswith(PREFIX) and leg.start_at - now <= SOON


def _question(leg: Leg, rules: Mapping[str, Ridden]) -> _Question | None:
    found = rules.get(leg.service.trip_id) if leg.service else None
    if found is None or not found[1].queries:
        return None
    query, url = next(iter(found[1].queries.items()))
    start, end = ((round(place.lat, 5), round(place.lon, 5)) for place in (leg.start, leg.end))
    return _Question(url, query, start, end, found[2].brands)


def _told(itinerary: Itinerary, said: dict[Leg, list[Estimate] | None], now: datetime) -> Itinerary | None:
    """The itinerary with answers; None where one says that it cannot be had."""
    legs = []
    for leg in itinerary.legs:
        estimates = said.get(leg)
        if leg not in said or leg.ordering is None:
            legs.append(leg)
        elif estimates is None:
            legs.append(replace(leg, ordering=replace(leg.ordering, live=Live.SILENT)))
        elif estimates:
            legs.append(_figured(leg, leg.ordering, min(estimates, key=lambda each: each.wait_s)))
        else:
            return None
    late = max((_late(leg, now) for leg in legs), default=timedelta())
    if late <= timedelta():
        return replace(itinerary, legs=tuple(legs))
    alone = sum(leg.service is not None for leg in legs) == 1
    moved = (replace(leg, start_at=leg.start_at + late, end_at=leg.end_at + late) for leg in legs)
    return replace(itinerary, legs=tuple(moved)) if alone else None


def _late(leg: Leg, now: datetime) -> timedelta:
    """How much later than it should one is picked up, in whole minutes."""
    if leg.ordering is None or leg.ordering.wait_s is None:
        return timedelta()
    past_s = (now - leg.start_at).total_seconds() + leg.ordering.wait_s
    return timedelta(minutes=-(-past_s // 60)) if past_s > 0 else timedelta()


def _figured(leg: Leg, ordering: Ordering, said: Estimate) -> Leg:
    told = replace(
        ordering, live=Live.TOLD, wait_s=said.wait_s, price=said.price, phone=said.phone or ordering.phone,
        booking_url=said.web_uri or ordering.booking_url,
    )  # fmt: skip
    if said.name and leg.service is not None:
        return replace(leg, ordering=told, service=replace(leg.service, line=said.name))
    return replace(leg, ordering=told)
