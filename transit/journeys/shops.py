"""Rides on demand of operators that sell by TOMP: what they offer for one now, which is what can be bought of them.

An operator is asked for a ride between two places from a moment on; of what it offers the first is shown that joins
what is before and after it. Who offers nothing does not come; who is silent is named as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from transit.journeys.dispatched import PREFIX
from transit.journeys.wishes import arrival_of, deadline_of
from transit.models import Interface
from transit.register.sellers import find_seller, get_sales_interface
from transit.remote import tomp, tomp1
from transit.remote.http import RemoteError
from transit.remote.tomp import Offer, Party, Search, Traveller
from transit.routing.itinerary import Itinerary, Leg, Live, Place

LATER: Final = timedelta(hours=1)
"""A ride that begins so much later than it was looked for is another one."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What one operator is asked: a search, at its interface."""

    party: Party
    search: Search
    old: bool

    def ask(self) -> list[Offer] | None:
        """What it offers; None: nothing that can be used."""
        search: Callable[[Party, Search], list[Offer]] = tomp1.search_offers if self.old else tomp.search_offers
        try:
            return search(self.party, self.search)
        except RemoteError:
            return None


def shops_of(itineraries: Iterable[Itinerary], language: str) -> dict[Leg, Shop]:
    """Whom to ask for which ride, of those that can be ordered and are sold by TOMP."""
    wanted = {
        leg: each
        for each in itineraries
        for leg in each.legs
        if leg.service is not None and leg.ordering is not None and not leg.service.trip_id.startswith(PREFIX)
    }
    agencies = {leg.service.agency_id for leg in wanted if leg.service}
    sellers = {agency: found for agency in agencies if (found := find_seller(agency)) and found.sales == "tomp"}
    interfaces = {agency: get_sales_interface(seller.operator_code) for agency, seller in sellers.items()}
    shops = {}
    for leg, itinerary in wanted.items():
        interface = interfaces.get(leg.service.agency_id if leg.service else "")
        if interface is not None:
            party = Party(interface.url, interface.client_id, interface.client_secret, language)
            shops[leg] = Shop(party, _search(leg, itinerary), interface.format == Interface.Format.TOMP_1)
    return shops


def _search(leg: Leg, itinerary: Itinerary) -> Search:
    people = tuple(Traveller(each.key, profile=each.category.value) for each in itinerary.travellers)
    return Search(_reference(leg.start), _reference(leg.end), start_at=leg.start_at, travellers=people)


def _reference(place: Place) -> str:
    return tomp.gps_reference(place.lon, place.lat)


def offered(itinerary: Itinerary, said: Mapping[Leg, Sequence[Offer] | None]) -> Itinerary | None:
    """The itinerary with what is offered; None where one of its rides is not to be had so."""
    legs = list(itinerary.legs)
    for i, leg in enumerate(itinerary.legs):
        if leg not in said or leg.ordering is None:
            continue
        offers = said[leg]
        if offers is None:
            legs[i] = replace(leg, ordering=replace(leg.ordering, live=Live.SILENT))
            continue
        times = arrival_of(itinerary.legs[:i]), deadline_of(itinerary.legs[i + 1 :])
        found = _first(offers, leg, times)
        if found is None:
            return None
        by = (found.start_at or leg.start_at) - leg.start_at
        told = replace(
            leg.ordering,
            pickup_from_at=leg.start_at + by,
            pickup_until_at=leg.start_at + by,
            live=Live.TOLD,
            price=found.price,
        )
        legs[i] = replace(leg, start_at=leg.start_at + by, end_at=leg.end_at + by, ordering=told)
    return replace(itinerary, legs=tuple(legs))


def _first(offers: Sequence[Offer], leg: Leg, times: tuple[datetime | None, datetime | None]) -> Offer | None:
    """The offer that begins first and fits."""
    before, after = times
    fitting = [
        offer
        for offer in offers
        if (begins := offer.start_at or leg.start_at) <= leg.start_at + LATER
        and (before is None or begins >= before)
        and (after is None or begins + leg.duration <= after)
        and begins >= leg.start_at - timedelta(minutes=1)
    ]
    return min(fitting, key=lambda offer: offer.start_at or leg.start_at, default=None)
