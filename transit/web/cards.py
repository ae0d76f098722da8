"""Itineraries as the results page shows them: with what speaks for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from transit import tokens
from transit.money import Money, total
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.query import Mode

HINTS = 2
"""More than two would say less."""


@dataclass(frozen=True, slots=True)
class Card:
    """One itinerary in the list. `price` is for all travellers together; `partly` when a part has no known price."""

    itinerary: Itinerary
    token: str
    hints: tuple[str, ...]
    price: Money | None
    partly: bool
    day: datetime | None = None
    """A moment of the day, where it is another than that of what stands before."""

    @property
    def start(self) -> Place:
        """Where one leaves."""
        return self.itinerary.legs[0].start

    @property
    def end(self) -> Place:
        """Where one arrives."""
        return self.itinerary.legs[-1].end

    @property
    def board(self) -> Leg | None:
        """The first leg in a vehicle."""
        return next((leg for leg in self.itinerary.legs if leg.is_transit), None)

    @property
    def rental_price(self) -> Money | None:
        """What its hired vehicles probably cost; None where that is not known."""
        prices = [leg.rental.price for leg in self.itinerary.legs if leg.rental]
        known = [price for price in prices if price is not None]
        one = len({price.currency for price in known}) == 1
        return total(known, known[0].currency) if one and len(known) == len(prices) else None

    @property
    def ordered(self) -> list[Leg]:
        """The rides that must be ordered."""
        return [leg for leg in self.itinerary.legs if leg.ordering is not None]

    @property
    def guided(self) -> list[Leg]:
        """The walks that have directions."""
        return [leg for leg in self.itinerary.legs if leg.steps and leg.mode == Mode.WALK]

    @property
    def distance_m(self) -> int:
        """The length of all legs."""
        return sum(leg.distance_m for leg in self.itinerary.legs)


def deal(itineraries: Sequence[Itinerary], now: datetime, day: datetime) -> list[Card]:
    """A card for each itinerary, in the same order; `day` is a moment of the day that the page begins with."""
    hints, days = _hints(itineraries), _days(itineraries, day)
    return [
        Card(
            itinerary=each,
            token=tokens.write_token(each, now),
            hints=tuple(text for text, best in hints if best is each)[:HINTS],
            price=tokens.price_of(each),
            partly=bool(each.fares and each.unpriced_legs),
            day=days[position],
        )
        for position, each in enumerate(itineraries)
    ]


def _days(itineraries: Sequence[Itinerary], day: datetime) -> list[datetime | None]:
    """The start of each itinerary that leaves on another day than what stands before it."""
    found: list[datetime | None] = []
    for each in itineraries:
        zone = ZoneInfo(each.legs[0].start.timezone)
        other = each.start_at.astimezone(zone).date() != day.astimezone(zone).date()
        found.append(each.start_at if other else None)
        day = each.start_at if other else day
    return found


def search_of(parameters: QueryDict) -> str:
    """The search that led to a page, as a query string without the page's own token."""
    kept = parameters.copy()
    kept.pop("token", None)
    return kept.urlencode()


def _hints(itineraries: Sequence[Itinerary]) -> list[tuple[str, Itinerary]]:
    """That walking is best where it stands first, and what is true of exactly one ride among at least two."""
    rides = [each for each in itineraries if each.vehicles]
    prices = {id(each): tokens.price_of(each) for each in rides if not each.unpriced_legs}
    currencies = {price.currency if price else "" for price in prices.values()}
    comparable = len(prices) == len(rides) and len(currencies) == 1 and "" not in currencies
    found = [
        (gettext("Best on foot"), next((each for each in itineraries[:1] if each.is_walk), None)),
        (gettext("Arrives first"), _only_best(rides, lambda each: each.end_at)),
        (gettext("Cheapest"), _only_best(rides if comparable else [], lambda each: prices[id(each)])),
        (gettext("Least CO2"), _only_best(rides, lambda each: round(each.co2_g, -2))),
        (gettext("Fewest changes"), _only_best(rides, lambda each: each.vehicles)),
        (gettext("Least walking"), _only_best(rides, lambda each: each.walk)),
        (gettext("Shortest time"), _only_best(rides, lambda each: each.duration)),
    ]
    return [(text, best) for text, best in found if best is not None]


def _only_best(itineraries: Sequence[Itinerary], key: Callable[[Itinerary], Any]) -> Itinerary | None:
    ranked = sorted(itineraries, key=key)
    return ranked[0] if len(ranked) > 1 and key(ranked[0]) < key(ranked[1]) else None
