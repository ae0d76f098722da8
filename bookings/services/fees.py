"""The platform's own fees: a service fee of the resident, and a commission of each operator. Tax is included.

The service fee is a product of the platform: sold, receipted and taxed like any other; who gives a booking back does
not get it back, whose operators have cancelled everything does. The commission is taken when a sale is posted, and
given back for what a cancellation gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Sum

from bookings.ledger import accounts, division, vat
from bookings.ledger.posting import Line, post
from bookings.models import Booking, LedgerEntry, Order, PlatformFee
from transit.money import Money


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee with its tax, as an offer names it."""

    price_minor: int
    vat_basis_points: int
    vat_country: str


def find_service_fee(currency: str, day: date) -> Fee | None:
    """The resident's fee for an order on a day; None where there is none."""
    rows = PlatformFee.objects.filter(operator_code="", currency=currency, valid_from__lte=day)
    row = rows.order_by("-valid_from").first()
    if row is None or not row.order_minor:
        return None
    return Fee(row.order_minor, _rate(day), settings.PLATFORM["country"])


def _commissions(operator_codes: Sequence[str], currency: str, day: date) -> dict[str, int]:
    """What each operator gives of a price, in hundredths of a percent: by its own agreement, else by that of all."""
    rows = PlatformFee.objects.filter(operator_code__in=["", *operator_codes], currency=currency, valid_from__lte=day)
    latest = {row.operator_code: row.commission_basis_points for row in rows.order_by("valid_from")}
    return {code: latest.get(code, latest.get("", 0)) for code in operator_codes}


def platform_lines(gross: Money, basis_points: int, reference: str = "") -> list[Line]:
    """The platform's side of a fee: what it earns, and the tax that it owes."""
    tax = Money(vat.included(gross.minor, basis_points), gross.currency)
    return [Line(accounts.PLATFORM_FEE, tax - gross, reference), Line(accounts.PLATFORM_VAT, -tax, reference)]


def post_commission(order: Order, sold: Sequence[Booking], now: datetime) -> None:
    """Take the commission of every booking of a sale."""
    lines: list[Line] = []
    rates = _commissions([booking.operator_code for booking in sold], order.currency, now.date())
    for booking in sold:
        fee = Money(_share(booking.price_minor, rates[booking.operator_code], 10_000), order.currency)
        if fee:
            payable = accounts.operator_payable(booking.operator_code)
            lines.append(Line(payable, fee, booking.reference))
            lines += platform_lines(fee, _rate(now.date()), booking.reference)
    post(f"fee:{order.code}", order.code, lines, now)


def give_back_service_fee(order: Order, now: datetime) -> None:
    """Operators have cancelled what was left of an order: the resident has nothing of it, and pays nothing for it."""
    if not order.fee_minor or order.fee_back_minor:
        return
    gross = Money(order.fee_minor, order.currency)
    order.fee_back_minor = order.fee_minor
    order.save(update_fields=["fee_back_minor"])
    lines = platform_lines(-gross, order.offer.fee.vat_basis_points)
    post(f"service_fee_back:{order.code}", order.code, [*lines, Line(accounts.RIDER_REFUND_PAYABLE, -gross)], now)


def give_back_commission(order: Order, booking: Booking, now: datetime) -> None:
    """Give back what was taken of a booking, but for the share of what its operator keeps."""
    given = division.amends({(0, ""): booking.price_minor}, booking.amends_basis_points) if booking.amends_at else {}
    kept_of_price = booking.price_minor - sum(given.values()) if booking.amends_at else booking.fee_minor
    payable = accounts.operator_payable(booking.operator_code)
    entries = LedgerEntry.objects.filter(txn__external_ref=f"fee:{order.code}", reference=booking.reference)
    taken = dict(entries.values_list("account__code").annotate(Sum("amount_minor")))
    if not (gross := taken.get(payable, 0)):
        return
    kept = _share(gross, min(kept_of_price, booking.price_minor), booking.price_minor)
    tax = taken.get(accounts.PLATFORM_VAT, 0)
    back = {payable: kept - gross, accounts.PLATFORM_VAT: _share(tax, kept, gross) - tax}
    back[accounts.PLATFORM_FEE] = -sum(back.values())
    lines = [Line(code, Money(minor, order.currency), booking.reference) for code, minor in back.items()]
    post(f"fee_back:{booking.client_ref}", order.code, lines, now)


def _share(minor: int, part: int, whole: int) -> int:
    """`minor` × part ÷ whole, rounded half up away from nought; nought of nothing."""
    if not whole:
        return 0
    rounded = (2 * abs(minor) * part + whole) // (2 * whole)
    return rounded if minor >= 0 else -rounded


def _rate(day: date) -> int:
    """The tax on the platform's services. Raises LookupError where its country has no known rate."""
    rate = vat.find_rate(settings.PLATFORM["country"], "general", day)
    if rate is None:
        raise LookupError(f"no rate of value-added tax is known for {settings.PLATFORM['country']}")
    return rate
