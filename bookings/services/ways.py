"""The ways to pay for an offer: those that the region and every operator in it allow, and that the resident has."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from bookings.models import Bill, BillingAccount, Offer, Order, Wallet, WayToPay
from bookings.payments.invoice.provider import available as billable
from bookings.payments.registry import PROVIDERS
from bookings.payments.wallet.provider import available
from bookings.services import cards
from bookings.services.viewers import Viewer
from transit.money import Money
from transit.register.sellers import find_region

MOST_CASH = 3
"""Orders that one person may have unpaid with drivers: who does not come to pay keeps no more seats from others."""
_ALLOWED_UNASKED = {"stripe": True, "wallet": True, "invoice": True, "cash": False}
"""Where no row says anything. Drivers carry cash boxes only where their operator says so."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay. `key` names it in requests; `left` is what a wallet or a billing account still bears.

    `title` is the billing account's holder in their own words, or a saved card's label; empty elsewhere.
    """

    provider: str
    payer_ref: str = ""
    left: Money | None = None
    enough: bool = True
    title: str = ""

    @property
    def key(self) -> str:
        """`stripe`, `stripe:CODE` of a saved card, `cash`, `wallet:CODE`, `invoice:CODE`."""
        return f"{self.provider}:{self.payer_ref}" if self.payer_ref else self.provider


def list_ways(offer: Offer, viewer: Viewer) -> list[Way]:
    """What the resident may choose from, the usual way first."""
    allowed = _allowed(offer)
    if any(part.price_is_ceiling for part in offer.parts.all()):
        allowed &= {"stripe"}  # only a card can be charged less than was authorised
    ways = [Way("stripe")] if "stripe" in allowed else []
    if "stripe" in allowed and viewer.acting is None:
        ways += [Way("stripe", card.code, title=card.label) for card in cards.list_for(viewer.user_id)]
    price = _price(offer)
    if "wallet" in allowed and viewer.user_id is not None:
        for wallet in Wallet.objects.filter(owner_id=viewer.user_id, currency=offer.currency):
            left = available(wallet)
            ways.append(Way("wallet", wallet.code, left, enough=left >= price))
    if "cash" in allowed and _unpaid(viewer) < MOST_CASH:
        ways.append(Way("cash"))
    if "invoice" in allowed and viewer.user_id is not None:
        mine = BillingAccount.objects.filter(users__pk=viewer.user_id, active=True, currency=offer.currency)
        for account in mine.order_by("pk"):
            left = billable(account)
            ways.append(Way("invoice", account.code, left, enough=left >= price, title=account.holder["name"]))
    return ways


def find_way(offer: Offer, viewer: Viewer, key: str) -> Way | None:
    """The way of that key, if it may be used and bears the price. What costs nothing is paid in no way."""
    if not _price(offer):
        return Way("stripe")
    return next((way for way in list_ways(offer, viewer) if way.key == key and way.enough), None)


def find_like(offer: Offer, viewer: Viewer, order: Order) -> Way | None:
    """The way in which an order was paid, if the offer can be paid so too; else another one that bears the price."""
    if not _price(offer):
        return Way("stripe")
    bearing = [way for way in list_ways(offer, viewer) if way.enough]
    same = [way for way in bearing if (way.provider, way.payer_ref) == (order.provider, order.payer_ref)]
    return next(iter(same + bearing), None)


def _price(offer: Offer) -> Money:
    """The resident's share."""
    return Money(offer.due_minor, offer.currency)


def _allowed(offer: Offer) -> set[str]:
    operators = sorted({part.operator_code for part in offer.parts.all()})
    rows = {(row.provider, row.region_code, row.operator_code): row.allowed for row in WayToPay.objects.all()}
    regions = {code: find_region(code) for code in operators} if rows else dict.fromkeys(operators, "")

    def says(provider: str, operator: str) -> bool:
        most_specific_first = (("", operator), (regions[operator], ""), ("", ""))
        found = [rows[provider, *place] for place in most_specific_first if (provider, *place) in rows]
        return found[0] if found else _ALLOWED_UNASKED[provider]

    usable = {name for name in PROVIDERS if name != "stripe" or settings.STRIPE_API_KEY}
    return {name for name in usable if all(says(name, operator) for operator in operators)}


def _unpaid(viewer: Viewer) -> int:
    codes = Order.objects.filter(viewer.owns(), provider="cash").values("code")
    return Bill.objects.filter(pledge__order_code__in=codes, state="OPEN").values("pledge").distinct().count()
