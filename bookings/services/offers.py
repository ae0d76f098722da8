"""Offers: a journey priced for certain travellers, kept as shown until a stated time. Never sells the past."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.ledger import vat
from bookings.models import Offer, OfferFee, OfferPart, OfferProduct, Order
from bookings.services import concessions, fees, funding, pricing, spending, subsidies, trips
from bookings.services.asking import Refusal, ask_all
from bookings.services.fees import Fee
from bookings.services.funding import Funding
from bookings.services.pricing import PricedPart, Sellers, UnsoldLeg
from bookings.services.viewers import Viewer
from transit import journeys, tokens
from transit.money import CurrencyMismatch, Money, total
from transit.register.sellers import find_seller, get_sales_interface
from transit.routing.itinerary import Itinerary
from transit.routing.query import Traveller

VALID_FOR = timedelta(minutes=15)
MIN_LEAD = timedelta(minutes=2)
"""Nobody can pay and board in less."""


class OfferError(Exception):
    """No offer can be made. `code` is one of `maas.errors.PROBLEMS`.

    `legs` are the positions of the rides that are the reason; `alternative` what may help: `later` (another departure),
    `other_way`, `retry` (the same again in a moment) or nothing; `unsold` where the rides can be had instead. `reason`
    is that of `journeys.ItineraryChanged`.
    """

    def __init__(
        self,
        code: str,
        legs: Sequence[int] = (),
        alternative: str = "",
        unsold: Sequence[UnsoldLeg] = (),
        reason: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.legs = tuple(legs)
        self.alternative = alternative
        self.unsold = tuple(unsold)
        self.reason = reason

    def members(self) -> dict[str, Any]:
        """What a problem report says beside its code."""
        body: dict[str, Any] = {"legs": list(self.legs), "alternative": self.alternative}
        body |= {"reason": self.reason} if self.reason else {}
        return body | ({"unsold": [leg.to_json() for leg in self.unsold]} if self.unsold else {})


@dataclass(frozen=True, slots=True)
class _Content:
    """What an offer says, before it is a row."""

    itinerary: Itinerary
    parts: list[PricedPart]
    unsold: list[UnsoldLeg]
    price: Money
    expires_at: datetime
    fee: Fee | None
    back_from: int | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an offer is made instead of: bookings of an order with what their operators keep, and what comes back."""

    order: Order
    kept: dict[int, int]
    refund: Money


def create(
    token: str,
    travellers: Sequence[Traveller],
    viewer: Viewer,
    language: str,
    now: datetime,
    back_token: str = "",
    replaced: Replaced | None = None,
) -> Offer:
    """The offer for a proposed itinerary, with one for the way back if there is one, and the people who will ride.

    The itinerary is looked up again in the current network; remote operators are asked their price. Raises TokenError
    and OfferError.
    """
    there = replace(tokens.read_token(token, now), travellers=tuple(travellers))
    back = replace(tokens.read_token(back_token, now), travellers=tuple(travellers)) if back_token else None
    if back is not None and back.start_at < there.end_at:
        raise OfferError("back_too_early", range(len(there.legs), len(there.legs) + len(back.legs)), "later")
    spent = spending.of_days(viewer.user_id, [*there.legs, *(back.legs if back else ())])
    try:
        if back is None:
            itinerary = journeys.recheck(there, language, now, spent=spent)
        else:
            itinerary = trips.recheck(there, back, language, now, spent)
    except journeys.ItineraryChanged as changed:
        raise OfferError("itinerary_changed", changed.legs, "later", reason=changed.reason) from changed
    if lacking := concessions.lacking(itinerary, viewer.user_id):
        raise OfferError("no_right", lacking, "other_way")
    content = _priced(itinerary, None if back is None else len(there.legs), language, now)
    if replaced is not None and replaced.refund.currency != content.price.currency:
        raise OfferError("mixed_currencies", [leg for part in content.parts for leg in part.legs], "other_way")
    return _save(content, viewer, language, now, replaced)


def create_for_provider(itinerary: Itinerary, part: PricedPart, user_id: int, language: str, now: datetime) -> Offer:
    """The offer of one hosted operator to a provider: rides alone, and no fee of ours. Raises OfferError."""
    legs = frozenset(part.legs)
    _refuse_departed(itinerary, legs, now)
    content = _Content(itinerary, [part], [], part.price, _expiry(itinerary, [part], legs, now), None)
    return _save(content, Viewer(user_id, ""), language, now, None, "tomp")


def rewrite_for_provider(offer: Offer, itinerary: Itinerary, part: PricedPart) -> None:
    """Change what a provider has chosen and not bought yet. Joins the caller's transaction, which has the lock."""
    offer.parts.all().delete()
    offer.itinerary, offer.total_minor = tokens.to_json(itinerary), part.price.minor
    offer.__dict__.pop("journey", None)
    offer.save(update_fields=["itinerary", "total_minor"])
    _save_part(offer, 1, part)


def get_offer(code: str, viewer: Viewer) -> Offer:
    """An offer of this viewer. Raises Offer.DoesNotExist, also for somebody else's."""
    rows = Offer.objects.select_related("fee").prefetch_related("parts__products__shares")
    return rows.get(viewer.owns(), code=code, channel="")


def _priced(itinerary: Itinerary, back_from: int | None, language: str, now: datetime) -> _Content:
    sellers = _sellers(itinerary)
    parts = pricing.hosted_parts(itinerary, sellers) + pricing.ondemand_parts(itinerary, sellers)
    hosted = frozenset(leg for part in parts for leg in part.legs)
    runs = pricing.remote_runs(itinerary, sellers, hosted, back_from)
    _refuse_departed(itinerary, hosted.union(*(run.legs for run in runs)), now)
    if not parts and not runs:
        raise OfferError("nothing_to_sell", unsold=pricing.unsold_legs(itinerary, sellers, frozenset()))
    interfaces = {run.seller.operator_code: get_sales_interface(run.seller.operator_code) for run in runs}
    for answer in ask_all(runs, interfaces, itinerary, language, now):
        if isinstance(answer, Refusal):
            raise OfferError(answer.code, answer.legs, answer.alternative)
        parts.append(answer)
    parts.sort(key=lambda part: part.legs)
    if (unsure := pricing.find_unsure(parts)) is not None:
        raise OfferError("cannot_be_combined", unsure.legs, "other_way")
    sold = frozenset(leg for part in parts for leg in part.legs)
    unsold = pricing.unsold_legs(itinerary, sellers, sold)
    price = _price(parts)
    fee = fees.find_service_fee(price.currency, now.date()) if price else None
    return _Content(itinerary, parts, unsold, price, _expiry(itinerary, parts, sold, now), fee, back_from)


def _sellers(itinerary: Itinerary) -> Sellers:
    agencies = {leg.service.agency_id for leg in itinerary.legs if leg.service} | {
        fare.agency_id for fare in itinerary.fares
    }
    found = {agency: find_seller(agency) for agency in agencies}
    return {agency: seller for agency, seller in found.items() if seller is not None}


def _refuse_departed(itinerary: Itinerary, legs: frozenset[int], now: datetime) -> None:
    departed = [leg for leg in sorted(legs) if itinerary.legs[leg].start_at < now + MIN_LEAD]
    if departed:
        raise OfferError("departed", departed, "later")


def _price(parts: list[PricedPart]) -> Money:
    try:
        return total((part.price for part in parts), parts[0].price.currency)
    except CurrencyMismatch as mixed:
        raise OfferError("mixed_currencies", [leg for part in parts for leg in part.legs], "other_way") from mixed


def _expiry(itinerary: Itinerary, parts: list[PricedPart], sold: frozenset[int], now: datetime) -> datetime:
    """The soonest of: a quarter of an hour, what a remote operator states, and the first ride that is sold."""
    stated = [part.expires_at for part in parts if part.expires_at is not None]
    return min([now + VALID_FOR, itinerary.legs[min(sold)].start_at, *stated])


@transaction.atomic
def _save(
    content: _Content, viewer: Viewer, language: str, now: datetime, replaced: Replaced | None, channel: str = ""
) -> Offer:
    offer = Offer.objects.create(
        owner_id=viewer.user_id,
        session_hash=viewer.session_hash,
        channel=channel,
        language=language,
        itinerary=tokens.to_json(content.itinerary),
        back_from=content.back_from,
        unsold=[leg.to_json() for leg in content.unsold],
        currency=content.price.currency,
        total_minor=content.price.minor + (content.fee.price_minor if content.fee else 0),
        created_at=now,
        expires_at=content.expires_at,
        content_sha256=_sha256(content),
        replaces=replaced.order if replaced else None,
        replaced_kept=replaced.kept if replaced else {},
        replaced_refund_minor=replaced.refund.minor if replaced else 0,
    )
    for seq, part in enumerate(content.parts, 1):
        # Who pays a part of it looks at the resident, whom a provider does not name.
        funded = None if channel else funding.find(part, content.itinerary, viewer, now)
        _save_part(offer, seq, part, funded)
    if content.fee:
        OfferFee.objects.create(offer=offer, **asdict(content.fee))
    return offer


def _save_part(offer: Offer, seq: int, part: PricedPart, funded: Funding | None = None) -> None:
    vat_basis_points = _vat(part, offer)
    row = OfferPart.objects.create(
        offer=offer,
        seq=seq,
        operator_code=part.seller.operator_code,
        operator_name=part.seller.operator_name,
        agency_id=part.seller.agency_id,
        sales=part.seller.sales,
        capability=part.capability,
        remote_offer=part.remote_offer,
        price_minor=part.price.minor,
        price_is_ceiling=part.price_is_ceiling,
        demand_basis_points=funded.demand_basis_points if funded else 0,
        expires_at=part.expires_at or offer.expires_at,
    )
    products = OfferProduct.objects.bulk_create(
        OfferProduct(
            part=row,
            seq=number,
            product_id=product.product_id,
            name=product.name,
            legs=list(product.legs),
            traveller_key=product.traveller.key,
            category=product.traveller.category,
            price_minor=product.price.minor,
            vat_basis_points=vat_basis_points,
            vat_country=part.seller.country,
            valid_from_at=product.valid_from_at,
            valid_until_at=product.valid_until_at,
        )
        for number, product in enumerate(part.products, 1)
    )
    if funded is not None:
        subsidies.offer(products, funded.ride, offer.currency)


def _vat(part: PricedPart, offer: Offer) -> int:
    """The rate that holds on the day of the sale, by the clock where the first ride begins."""
    if part.seller.vat_basis_points is not None:
        return part.seller.vat_basis_points
    zone = tokens.of_json(offer.itinerary).legs[part.legs[0]].start.timezone
    day = offer.created_at.astimezone(ZoneInfo(zone)).date()
    rate = vat.find_rate(part.seller.country, part.seller.vat_kind, day)
    if rate is None:
        raise OfferError("not_offered", part.legs, "other_way")
    return rate


def _sha256(content: _Content) -> str:
    """A digest of everything that the offer promises: an order names the promise that it accepts."""
    parts = [
        (part.seller.operator_code, part.remote_offer, part.price_is_ceiling, [asdict(each) for each in part.products])
        for part in content.parts
    ]
    promise = [tokens.to_json(content.itinerary), parts, [leg.to_json() for leg in content.unsold], content.expires_at]
    promise += [asdict(content.fee)] if content.fee else []
    return hashlib.sha256(json.dumps(promise, sort_keys=True, default=str).encode()).hexdigest()
