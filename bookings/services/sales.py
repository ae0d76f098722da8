"""What was sold and taken back, as postings: who owes it and who is due what, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from bookings.ledger import accounts
from bookings.ledger.division import RESIDENT, Cells, Promise, amends, divide, give_back, of_others, of_payer
from bookings.ledger.posting import Line, post
from bookings.models import Booking, LedgerTxn, OfferProduct, Order, Payment
from bookings.services.fees import platform_lines
from transit.money import Money


def list_sold(order: Order) -> list[Booking]:
    """The bookings of an order with their products and what named payers owe of these."""
    rows = list(order.bookings.select_related("part").prefetch_related("part__products__shares"))
    for booking in rows:
        booking.order = order
    return rows


def with_products(rows: Sequence[Booking]) -> Sequence[Booking]:
    """The same bookings, with their products and what named payers owe of these."""
    prefetch_related_objects(rows, "part__products__shares")
    return rows


def cells_of(booking: Booking) -> Cells:
    """Who owes which part of a booking at its present price."""
    prefetch_related_objects([booking], "part__products__shares")
    return divide(booking.price_minor, [_promise(product) for product in booking.part.products.all()])


def cells_of_product(product: OfferProduct) -> Cells:
    """Who owes which part of a product as it was offered."""
    return divide(product.price_minor, [_promise(product)])


def owed_by_others(booking: Booking) -> int:
    """What named payers owe of a booking at its present price."""
    return sum(of_others(cells_of(booking)).values())


def post_sale(order: Order, sold: Sequence[Booking], payment: Payment | None, now: datetime) -> None:
    """The sale in the ledger: what came in, what named payers owe, and what each operator is due.

    What was posted as owed already, when it could not be captured at once, is not posted again.
    """
    captured = Money(payment.captured_minor if payment else 0, order.currency)
    lines = [Line(accounts.clearing(order.provider), captured), Line(accounts.RIDER_RECEIVABLE, -captured)]
    owed = LedgerTxn.objects.filter(external_ref=f"receivable:{order.code}").exists()
    post(f"sale:{order.code}", order.code, lines if owed else [*lines, *_due(order, sold)], now)


def post_receivable(order: Order, now: datetime) -> None:
    """Everything was bought and nothing could be captured: the resident owes it, the operators are due theirs."""
    post(f"receivable:{order.code}", order.code, _due(order, list_sold(order)), now)


def post_cancellation(order: Order, booking: Booking, now: datetime) -> None:
    """A booking was taken back: the operator keeps its fee, the resident and the payers get back the rest.

    A fee above the price is our loss, never anybody else's.
    """
    reference, back = booking.reference, given_back(booking)
    excess = max(0, booking.fee_minor - booking.price_minor)
    amounts = {
        accounts.operator_payable(booking.operator_code): sum(back.values()) - excess,
        accounts.RIDER_REFUND_PAYABLE: -of_payer(back, RESIDENT),
        accounts.PLATFORM_LOSS: excess,
    }
    amounts |= {accounts.region_subsidy(payer): -minor for payer, minor in of_others(back).items()}
    lines = [Line(code, Money(minor, order.currency), reference) for code, minor in amounts.items()]
    post(f"cancel:{booking.client_ref}", order.code, lines, now)


def post_amends(order: Order, booking: Booking, now: datetime) -> None:
    """A promise was broken: the operator gives back a share of the price, to each payer what they paid of it."""
    reference, back = booking.reference, given_back(booking)
    amounts = {
        accounts.operator_payable(booking.operator_code): sum(back.values()),
        accounts.RIDER_REFUND_PAYABLE: -of_payer(back, RESIDENT),
    }
    amounts |= {accounts.region_subsidy(payer): -minor for payer, minor in of_others(back).items()}
    lines = [Line(code, Money(minor, order.currency), reference) for code, minor in amounts.items()]
    post(f"amends:{booking.client_ref}", order.code, lines, now)


def amends_of(booking: Booking) -> Money:
    """What the resident gets back for a promise that was broken, at once or after the ride."""
    cells = amends(cells_of(booking), booking.amends_basis_points)
    return Money(of_payer(cells, RESIDENT), booking.order.currency)


def given_back(booking: Booking) -> Cells:
    """What goes back of a booking that is cancelled, or whose promise was broken, for each product and payer."""
    if booking.amends_at is not None:
        return amends(cells_of(booking), booking.amends_basis_points)
    return give_back(cells_of(booking), booking.fee_minor)


def post_rollback_fee(order: Order, booking: Booking, fee: Money, now: datetime) -> None:
    """An operator kept money for a part that never was sold to the resident: our loss, never the resident's."""
    payable = accounts.operator_payable(booking.operator_code)
    lines = [Line(accounts.PLATFORM_LOSS, fee, booking.reference), Line(payable, -fee, booking.reference)]
    post(f"rollback:{booking.client_ref}", order.code, lines, now)


def _due(order: Order, sold: Sequence[Booking]) -> list[Line]:
    """What residents and named payers owe for everything in an order, and what the operators are due for it."""
    lines = []
    for booking in sold:
        cells, reference = cells_of(booking), booking.reference
        amounts = {accounts.operator_payable(booking.operator_code): -booking.price_minor}
        amounts |= {accounts.region_subsidy(payer): minor for payer, minor in of_others(cells).items()}
        lines += [Line(code, Money(minor, order.currency), reference) for code, minor in amounts.items()]
        lines.append(Line(accounts.RIDER_RECEIVABLE, Money(of_payer(cells, RESIDENT), order.currency)))
    return lines + _fee(order)


def _fee(order: Order) -> list[Line]:
    """The platform's own product, which the resident owes."""
    if not order.fee_minor:
        return []
    gross = Money(order.fee_minor, order.currency)
    return [Line(accounts.RIDER_RECEIVABLE, gross), *platform_lines(gross, order.offer.fee.vat_basis_points)]


def _promise(product: OfferProduct) -> Promise:
    shares = {share.payer: share.amount_minor for share in product.shares.all()}
    return Promise(product.seq, product.price_minor, shares)
