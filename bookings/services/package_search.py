"""What hosted operators can offer to a provider: rides of one operator from here to there, by published fares.

Rides without a change are all of that operator's, whatever else runs; those with changes are what a search shows that
one operator runs alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bookings.models import Capacity, Offer
from bookings.services import offers, pricing
from bookings.services.offers import OfferError
from bookings.services.packages import Counter
from bookings.services.pricing import PricedPart
from bookings.services.requests import departure_key
from transit import journeys
from transit.register.sellers import Seller, list_hosted, list_seats
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, Mobility, Mode, Query, Traveller

WINDOW: Final = timedelta(hours=2)
MOST: Final = 20
CALLED: Final = frozenset({Mode.TAXI, Mode.BUS})
"""What is met where it is called: looked for alone too, as a train that is quicker would hide it."""
Sellers = Mapping[str, Seller]


@dataclass(frozen=True, slots=True)
class Wish:
    """A ride that is wanted. `trips` (`feed:trip`) and `day` name departures, where these are known."""

    origin: Location
    destination: Location
    time_at: datetime
    arrive_by: bool
    travellers: tuple[Traveller, ...]
    mobility: Mobility = Mobility.ANY
    trips: tuple[str, ...] = ()
    day: date | None = None

    @property
    def window(self) -> tuple[datetime, datetime]:
        """In which it leaves; a little more, as seconds may be cut off."""
        since = self.time_at - WINDOW if self.arrive_by else self.time_at - timedelta(minutes=1)
        return since, self.time_at if self.arrive_by else self.time_at + WINDOW


def search(counter: Counter, wish: Wish, language: str, now: datetime, limit: int = MOST) -> list[Offer]:
    """Offers in order of departure, kept for the provider until they expire. Raises NoSuchStop, NoNetwork."""
    sellers = {seller.agency_id: seller for seller in list_hosted(counter.operator_code)}
    made: list[Offer] = []
    for itinerary, part in find_parts(wish, sellers, language, now):
        if len(made) == min(limit, MOST):
            break
        with suppress(OfferError):  # departed, or of a country whose tax nobody knows
            made.append(offers.create_for_provider(itinerary, part, counter.provider.user_id, language, now))
    return made


def find_parts(wish: Wish, sellers: Sellers, language: str, now: datetime) -> Iterator[tuple[Itinerary, PricedPart]]:
    """What could be sold, in order of departure, each ride once."""
    seen = set[tuple[object, ...]]()
    for itinerary in sorted(_candidates(wish, sellers, language, now), key=lambda each: (each.start_at, each.end_at)):
        part = part_of(itinerary, sellers)
        if part is not None and _mark(itinerary) not in seen and _has_room(itinerary, part):
            seen.add(_mark(itinerary))
            yield itinerary, part


def part_of(itinerary: Itinerary, sellers: Sellers) -> PricedPart | None:
    """The one part by which one operator sells all of its rides to everybody; None where none does."""
    parts = pricing.hosted_parts(itinerary, sellers) + pricing.ondemand_parts(itinerary, sellers)
    whole = len(parts) == 1 and set(parts[0].legs) == {i for i, leg in enumerate(itinerary.legs) if leg.is_transit}
    return parts[0] if whole else None


def _candidates(wish: Wish, sellers: Sellers, language: str, now: datetime) -> list[Itinerary]:
    direct = _direct(wish, sellers, language, now)
    if wish.trips and direct:
        return direct
    query = Query(
        origin=wish.origin,
        destination=wish.destination,
        time_at=wish.time_at,
        arrive_by=wish.arrive_by,
        window_s=int(WINDOW.total_seconds()),
        travellers=wish.travellers,
        bicycle=False,
        mobility=wish.mobility,
        language=language,
    )
    asked = [query, replace(query, transit_modes=CALLED, max_vehicles=1)] if _has_called(sellers) else [query]
    planned = [each for one in asked for each in journeys.plan(one, now, explained=False).itineraries]
    found = [_rides_alone(each, sellers, language, now) for each in planned]
    return direct + [each for each in found if each is not None and _is_wanted(each, wish)]


def _direct(wish: Wish, sellers: Sellers, language: str, now: datetime) -> list[Itinerary]:
    start, end = wish.origin.stop_id, wish.destination.stop_id
    if start is None or end is None:
        return []
    since, until = wish.window
    if wish.arrive_by:
        since -= WINDOW  # what arrives in the window may have left long before
    asked = journeys.Between(start, end, since, until)
    found = journeys.list_direct_rides(asked, wish.travellers, sellers.keys(), language, now)
    fit = (each for each in found if all(wish.mobility.may_ride(leg.wheelchair) for leg in each.legs))
    return [replace(each, mobility=wish.mobility) for each in fit if _is_wanted(each, wish)]


def _rides_alone(itinerary: Itinerary, sellers: Sellers, language: str, now: datetime) -> Itinerary | None:
    """Without the walks at its ends, priced anew; None where anybody else runs a part of it."""
    rides = [i for i, leg in enumerate(itinerary.legs) if leg.is_transit]
    services = [itinerary.legs[i].service for i in rides]
    agencies = {service.agency_id for service in services if service}
    if not rides or not agencies <= sellers.keys() or len({sellers[each].operator_code for each in agencies}) > 1:
        return None
    kept = itinerary.legs[rides[0] : rides[-1] + 1]
    try:
        return journeys.recheck(replace(itinerary, legs=kept, fares=(), unpriced_legs=(), stays=()), language, now)
    except journeys.ItineraryChanged:
        return None


def _is_wanted(itinerary: Itinerary, wish: Wish) -> bool:
    """Whether it is in time, and consists of the departures that were named."""
    rides = [leg.service for leg in itinerary.legs if leg.service]
    if wish.trips and (
        tuple(ride.trip_id for ride in rides) != wish.trips
        or (wish.day or rides[0].service_date) != rides[0].service_date
    ):
        return False
    since, until = wish.window
    return itinerary.end_at <= until if wish.arrive_by else since <= itinerary.start_at <= until


def _mark(itinerary: Itinerary) -> tuple[object, ...]:
    return tuple(
        (
            leg.service.trip_id,
            leg.service.service_date,
            leg.start.stop_id,
            leg.end.stop_id,
            leg.ordering and leg.start_at,
        )
        for leg in itinerary.legs
        if leg.service
    )


def _has_called(sellers: Sellers) -> bool:
    return any(seller.sales == "ondemand" for seller in sellers.values())


def _has_room(itinerary: Itinerary, part: PricedPart) -> bool:
    """Whether seats are left as far as one can see; to take them is another matter. A dispatcher has said so."""
    if part.seller.sales == "ondemand":
        return True
    caps = list_seats(part.seller, [departure_key(itinerary, leg) for leg in part.legs])
    counted = {key: cap for key, cap in caps.items() if cap is not None}
    if not counted:
        return True
    rows = Capacity.objects.filter(operator_code=part.seller.operator_code, key__in=counted)
    free = counted | {row.key: row.cap - row.taken for row in rows}
    return all(left >= len(itinerary.travellers) for left in free.values())
