"""Itineraries as the results page shows them: with what speaks for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from transit import tokens
from transit.money import Money, total
from transit.routing.itinerary import Itinerary, Leg, Place

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
    def distance_m(self) -> int:
        """The length of all legs."""
        return sum(leg.distance_m for leg in self.itinerary.legs)


def deal(itineraries: Sequence[Itinerary], now: datetime) -> list[Card]:
    """A card for each itinerary, in the same order."""
    hints = _hints(itineraries)
    return [
        Card(
            itinerary=each,
            token=tokens.write_token(each, now),
            hints=tuple(text for text, best in hints if best is each)[:HINTS],
            price=price_of(each),
            partly=bool(each.fares and each.unpriced_legs),
        )
        for each in itineraries
    ]


def price_of(itinerary: Itinerary) -> Money | None:
    """The sum of the known fares, or None where there is none or they differ in currency."""
    currencies = {fare.price.currency for fare in itinerary.fares}
    return total((fare.price for fare in itinerary.fares), currencies.pop()) if len(currencies) == 1 else None


def search_of(parameters: QueryDict) -> str:
    """The search that led to a page, as a query string without the page's own token."""
    kept = parameters.copy()
    kept.pop("token", None)
    return kept.urlencode()


def _hints(itineraries: Sequence[Itinerary]) -> list[tuple[str, Itinerary]]:
    """What is true of exactly one itinerary with a vehicle, among at least two of them."""
    rides = [each for each in itineraries if each.vehicles]
    prices = {id(each): price_of(each) for each in rides if not each.unpriced_legs}
    currencies = {price.currency if price else "" for price in prices.values()}
    comparable = len(prices) == len(rides) and len(currencies) == 1 and "" not in currencies
    found = [
        (gettext("Arrives first"), _only_best(rides, lambda each: each.end_at)),
        (gettext("Cheapest"), _only_best(rides if comparable else [], lambda each: prices[id(each)])),
        (gettext("Fewest changes"), _only_best(rides, lambda each: each.vehicles)),
        (gettext("Least walking"), _only_best(rides, lambda each: each.walk)),
        (gettext("Shortest time"), _only_best(rides, lambda each: each.duration)),
    ]
    return [(text, best) for text, best in found if best is not None]


def _only_best(itineraries: Sequence[Itinerary], key: Callable[[Itinerary], Any]) -> Itinerary | None:
    ranked = sorted(itineraries, key=key)
    return ranked[0] if len(ranked) > 1 and key(ranked[0]) < key(ranked[1]) else None
