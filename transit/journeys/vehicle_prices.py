"""What hired vehicles and rides on demand cost one traveller: about, while a search compares; as estimated, in the end.

Prices of hired vehicles are those of their plans, of taxis and of other operators' rides what they publish, nearly
always at most; those of our own rides follow from their rules, before the dispatcher is asked. What one's own car costs
nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from transit.journeys import on_call
from transit.journeys.dispatched import Offered, offered_by, offered_by_number
from transit.journeys.rentals import hire_price
from transit.journeys.ride_prices import due_before_asking, further_zones
from transit.journeys.taxis import PREFIX as TAXIS
from transit.journeys.taxis import list_taxis, taxi_price
from transit.journeys.wishes import Company
from transit.models import Taxi
from transit.money import Money
from transit.ondemand.fares import Way
from transit.routing.feeding import Prices
from transit.routing.itinerary import Itinerary, Leg
from transit.routing.journey import Hire
from transit.routing.query import Mode, Query
from transit.routing.zones import ZoneService


@dataclass(frozen=True)
class About:
    """What a search is told, for one of the travellers of a query, in the minor units of a currency."""

    query: Query
    currency: str
    today: int
    """The day (ordinal) of its timetable."""

    @property
    def prices(self) -> Prices:
        """As the search takes them."""
        return Prices(self._hire, self._ride)

    def _hire(self, hire: Hire, metres: float) -> int | None:
        price, _ = hire_price(hire, metres)
        return self._each(price, is_shared=hire.kind.profile.mode == Mode.CAR)

    def _ride(self, ride: ZoneService, seconds: tuple[int, int], metres: float) -> int | None:
        drive_s, safe_s = seconds
        if ride.number >= 0:
            return None
        if ride.number in self._taxis:
            return self._each(taxi_price(self._taxis[ride.number], safe_s, metres), is_shared=True)
        if ride.number in self._on_call:
            fare = self._on_call[ride.number][2].fare
            return None if fare is None else self._each(fare.price(metres, safe_s))
        offered = self._dispatched.get(ride.number)
        if offered is None:
            return None
        way, company = Way(round(metres), drive_s), _company(self.query)
        return self._each(due_before_asking(offered, company, way, changes=True), is_shared=True)

    def _each(self, price: Money | None, *, is_shared: bool = False) -> int | None:
        """A price as one traveller pays it; of what is shared, a part."""
        if price is None or (self.currency and price.currency != self.currency):
            return None
        return -(-price.minor // len(self.query.travellers)) if is_shared else price.minor

    @cached_property
    def _taxis(self) -> dict[int, Taxi]:
        return {-taxi.pk: taxi for taxi in list_taxis()}

    @cached_property
    def _on_call(self) -> Mapping[int, on_call.Ridden]:
        return on_call.rules_by_number()

    @cached_property
    def _dispatched(self) -> Mapping[int, Offered]:
        return offered_by_number(self.today)


def price_minor(itinerary: Itinerary) -> int | None:
    """What all travellers pay; None where some ride has no known price, or prices differ in currency."""
    prices = [fare.price for fare in itinerary.fares]
    for number, leg in enumerate(itinerary.legs):
        if number in itinerary.unpriced_legs or leg.rental or leg.mode == Mode.CAR:
            price = _price(itinerary, leg)
            if price is None:
                return None
            prices.append(price)
    return sum(price.minor for price in prices) if len({price.currency for price in prices}) < 2 else None


def _price(itinerary: Itinerary, leg: Leg) -> Money | None:
    """What all travellers pay for a leg that no fare covers."""
    people = len(itinerary.travellers)
    if leg.rental is not None:
        price, shared = leg.rental.price, leg.mode == Mode.CAR
    elif leg.ordering is None or leg.service is None:
        return None
    elif (offered := offered_by(leg)) is not None:
        changes = sum(each.is_transit for each in itinerary.legs) > 1
        zones = further_zones(offered.rules, leg.start, leg.end)
        way = Way(leg.distance_m, leg.ordering.estimated_s, zones)
        return due_before_asking(offered, _company(itinerary), way, changes=changes)
    else:
        price, shared = leg.ordering.price_high, leg.service.trip_id.startswith(TAXIS)
    return price if price is None or shared else Money(price.minor * people, price.currency)


def _company(of: Query | Itinerary) -> Company:
    return Company(of.travellers, of.mobility, of.party)
