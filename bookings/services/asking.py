"""Asking remote operators for their price: all at once, with one deadline. Nothing is held by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bookings.services import ceilings
from bookings.services.pricing import PricedPart, RemoteOffer, RemoteRun, remote_part
from transit.money import Money
from transit.register.sellers import SalesInterface
from transit.remote import tomp, tomp1
from transit.remote.http import RemoteError
from transit.routing.itinerary import Itinerary, Leg, Place

DEADLINE_S = 8.0
TOMP_1 = "TOMP-1.6"
"""The register's name of the older protocol."""
UNSTATED_EXPIRY = timedelta(minutes=15)
"""How long a price is taken to hold whose operator does not say."""
_SAME_DEPARTURE = timedelta(minutes=1)
_QUOTA_REACHED = 201  # last three digits of TOMP's error code


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run cannot be offered; `code` and `alternative` as in `offers.OfferError`."""

    code: str
    legs: tuple[int, ...]
    alternative: str


def ask_all(
    runs: Sequence[RemoteRun],
    interfaces: Mapping[str, SalesInterface],
    itinerary: Itinerary,
    language: str,
    now: datetime,
) -> list[PricedPart | Refusal]:
    """The answers of all operators. Who has not answered by the deadline counts as unreachable."""
    if not runs:
        return []
    threads = ThreadPoolExecutor(len(runs), "ask")
    try:
        calls = [
            threads.submit(_ask, run, interfaces[run.seller.operator_code], itinerary, language, now) for run in runs
        ]
        wait(calls, DEADLINE_S)
        return [answer for run, call in zip(runs, calls, strict=True) for answer in _answers(run, call)]
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _answers(run: RemoteRun, call: Future[list[PricedPart | Refusal]]) -> list[PricedPart | Refusal]:
    return call.result() if call.done() else [Refusal("operator_unavailable", run.legs, "retry")]


def _ask(
    run: RemoteRun, interface: SalesInterface, itinerary: Itinerary, language: str, now: datetime
) -> list[PricedPart | Refusal]:
    """One price for the whole run, or one for each ride where the operator sells no through ticket."""
    party = tomp.Party(interface.url, interface.client_id, interface.client_secret, language)
    whole = _ask_for(party, run, interface, itinerary, now)
    if isinstance(whole, Refusal) and whole.code == "not_offered" and len(run.legs) > 1:
        rides = [RemoteRun(run.seller, (leg,)) for leg in run.legs]
        return [_ask_for(party, ride, interface, itinerary, now) for ride in rides]
    return [whole]


def _ask_for(
    party: tomp.Party, run: RemoteRun, interface: SalesInterface, itinerary: Itinerary, now: datetime
) -> PricedPart | Refusal:
    old = interface.format == TOMP_1
    try:
        found = (tomp1 if old else tomp).search_offers(party, _search(run, itinerary))
    except RemoteError as error:
        return _refusal(run, error)
    offer = _choose(found, itinerary.legs[run.legs[0]], interface.capability, now)
    return Refusal("not_offered", run.legs, "later") if offer is None else _part(run, old, itinerary, offer)


def _part(run: RemoteRun, old: bool, itinerary: Itinerary, offer: RemoteOffer) -> PricedPart:
    """The part as the port of its protocol sells it."""
    return remote_part(replace(run, seller=replace(run.seller, sales="tomp1")) if old else run, itinerary, offer)


def _search(run: RemoteRun, itinerary: Itinerary) -> tomp.Search:
    """The very departures of the itinerary, not just any ride between its places; a ride on demand has none."""
    first, last = itinerary.legs[run.legs[0]], itinerary.legs[run.legs[-1]]
    services = [service for position in run.legs if (service := itinerary.legs[position].service)]
    called = any(itinerary.legs[position].ordering for position in run.legs)
    return tomp.Search(
        origin=_reference(first.start),
        destination=_reference(last.end),
        start_at=first.start_at,
        end_at=None if called else last.end_at,
        travellers=tuple(tomp.Traveller(each.key, profile=each.category.value) for each in itinerary.travellers),
        service_journeys=() if called else tuple(service.trip_id for service in services),
        travel_date=services[0].service_date,
    )


def _reference(place: Place) -> str:
    """Operators list the feeds that they publish as data sources under the names that our register has for them."""
    return place.stop_id or tomp.gps_reference(place.lon, place.lat)


def _choose(found: Sequence[tomp.Offer], first: Leg, capability: str, now: datetime) -> RemoteOffer | None:
    """The cheapest offer that departs when the itinerary does and is still good; an estimate only if it soon is."""
    soon = first.start_at - now <= ceilings.LATEST_RIDE
    offers = [
        _remote_offer(offer, offer.price, capability, now)
        for offer in found
        if offer.price is not None
        and (soon or not offer.price_is_estimate)
        and (offer.start_at is None or abs(offer.start_at - first.start_at) <= _SAME_DEPARTURE)
    ]
    good = [offer for offer in offers if offer.expires_at > now and offer.price.minor >= 0]
    return min(good, key=lambda offer: offer.price.minor, default=None)


def _remote_offer(offer: tomp.Offer, price: Money, capability: str, now: datetime) -> RemoteOffer:
    most = ceilings.ceiling_of(price) if offer.price_is_estimate else price
    until = offer.expires_at or now + UNSTATED_EXPIRY
    return RemoteOffer(offer.id, most, until, capability, offer.price_is_estimate and price.minor > 0)


def _refusal(run: RemoteRun, error: RemoteError) -> Refusal:
    if error.unknown:
        return Refusal("operator_unavailable", run.legs, "retry")
    if any(code % 1000 == _QUOTA_REACHED for code in tomp.error_codes(error) | tomp1.error_codes(error)):
        return Refusal("sold_out", run.legs, "later")
    return Refusal("not_offered", run.legs, "other_way")
