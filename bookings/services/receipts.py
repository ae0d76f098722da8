"""Receipts and credit notes: written in the transaction of the sale or of the cancellation, read by who owns the order.

Each seller has a series of its own without gaps: a number is taken under a lock and lost with the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Prefetch

from bookings.ledger import vat
from bookings.ledger.division import RESIDENT, Cells, of_product
from bookings.models import Booking, OfferProduct, Order, Receipt, ReceiptLine
from bookings.series import next_of_each
from bookings.services import sales
from bookings.services.viewers import Viewer
from transit.money import Money
from transit.register.sellers import LegalEntity, list_legal_entities

SERIES: Final = "receipts:"
"""Before the code of a seller: its series of numbers."""


@dataclass(frozen=True, slots=True)
class TaxSum:
    """The lines of one rate together."""

    country: str
    basis_points: int
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt as it is shown: its lines with their sums by rate and by payer."""

    receipt: Receipt
    lines: list[ReceiptLine]

    @property
    def gross(self) -> Money:
        """The whole."""
        return Money(sum(line.gross_minor for line in self.lines), self.receipt.currency)

    @property
    def taxes(self) -> list[TaxSum]:
        """The sums of each rate, the highest first: sums of lines, so that they are what the lines show."""
        groups: dict[tuple[int, str], list[ReceiptLine]] = defaultdict(list)
        for line in self.lines:
            groups[line.vat_basis_points, line.vat_country].append(line)
        return [self._tax(rate, country, lines) for (rate, country), lines in sorted(groups.items(), reverse=True)]

    @property
    def payers(self) -> list[tuple[str, Money]]:
        """Who paid how much of it, or got it back; the resident first."""
        sums: dict[str, int] = defaultdict(int)
        for line in self.lines:
            for payer, minor in line.payers.items():
                sums[payer] += minor
        by_name = sorted(sums.items(), key=lambda each: (each[0] != "resident", each[0]))
        return [(payer, Money(minor, self.receipt.currency)) for payer, minor in by_name]

    def _tax(self, rate: int, country: str, lines: Sequence[ReceiptLine]) -> TaxSum:
        gross = Money(sum(line.gross_minor for line in lines), self.receipt.currency)
        tax = Money(sum(line.vat_minor for line in lines), self.receipt.currency)
        return TaxSum(country, rate, gross - tax, tax, gross)


def issue(order: Order, sold: Sequence[Booking], now: datetime) -> None:
    """One receipt for each seller of an order that was sold."""
    lines: dict[str, list[ReceiptLine]] = defaultdict(list)
    for booking in sold:
        cells = sales.cells_of(booking)
        lines[booking.operator_code] += _lines(booking, cells, {})
    if order.fee_minor:
        lines[Receipt.PLATFORM].append(_fee_line(order))
    sellers, numbers = _sellers(order, lines), _numbers(lines)
    _write(
        [
            (_receipt(order, Receipt.Kind.SALE, code, sellers[code], numbers[code], now), own)
            for code, own in lines.items()
        ]
    )


def credit(order: Order, booking: Booking, now: datetime) -> None:
    """The credit note of a cancelled booking, where anything of it goes back to anybody.

    Its tax is that of what was paid without that of what is kept, each rounded by the rule: what remains of the first
    receipt is then taxed to the cent like a sale of what was kept.
    """
    first = order.receipts.filter(kind=Receipt.Kind.SALE, seller_code=booking.operator_code).first()
    back = sales.given_back(booking)
    if first is None or not back:
        return
    _credit(first, _lines(booking, sales.cells_of(booking), back), now, booking)


def credit_fee(order: Order, now: datetime) -> None:
    """The credit note of the platform's own fee."""
    first = order.receipts.filter(kind=Receipt.Kind.SALE, seller_code=Receipt.PLATFORM).first()
    if first is None:
        return
    line = _fee_line(order)
    line.gross_minor, line.vat_minor = -line.gross_minor, -line.vat_minor
    line.payers = {RESIDENT: line.gross_minor}
    _credit(first, [line], now)


def change_payers(order: Order, booking: Booking, before: Cells, after: Cells, now: datetime) -> None:
    """A paper that says who pays which part of what was sold, once that has changed. Nothing of it is taxed again."""
    first = order.receipts.filter(kind=Receipt.Kind.SALE, seller_code=booking.operator_code).first()
    if first is None:
        return
    lines = []
    for product in booking.part.products.all():
        cells = sorted(cell for cell in before.keys() | after.keys() if cell[0] == product.seq)
        moved = {cell[1]: after.get(cell, 0) - before.get(cell, 0) for cell in cells}
        if any(moved.values()):
            lines.append(_line(booking, product, 0, 0, {payer: minor for payer, minor in moved.items() if minor}))
    code = first.seller_code
    seller, number = _sellers(order, [code])[code], _numbers([code])[code]
    _write([(_receipt(order, Receipt.Kind.PAYERS, code, seller, number, now, first, booking), lines)])


def _credit(first: Receipt, lines: list[ReceiptLine], now: datetime, booking: Booking | None = None) -> None:
    order, code = first.order, first.seller_code
    seller, number = _sellers(order, [code])[code], _numbers([code])[code]
    _write([(_receipt(order, Receipt.Kind.CREDIT, code, seller, number, now, first, booking), lines)])


def list_papers(order: Order) -> list[Paper]:
    """All receipts and credit notes of an order, in the order in which they were written."""
    lines = Prefetch("lines", ReceiptLine.objects.select_related("product"))
    receipts = order.receipts.select_related("corrects").prefetch_related(lines)
    return [Paper(receipt, list(receipt.lines.all())) for receipt in receipts]


def get_for(viewer: Viewer, code: str) -> Order:
    """The order of this viewer that has receipts. Raises Order.DoesNotExist, also for somebody else's."""
    order = Order.objects.select_related("offer").get(viewer.owns_orders(), code=code)
    if not order.receipts.exists():
        raise Order.DoesNotExist
    return order


def _lines(booking: Booking, paid: Cells, back: Cells) -> list[ReceiptLine]:
    """The lines of a sale; with `back`, those of its cancellation."""
    found = []
    for product in booking.part.products.all():
        gross = of_product(paid, product.seq)
        tax = vat.included(gross, product.vat_basis_points)
        cells = {payer: minor for (seq, payer), minor in paid.items() if seq == product.seq}
        if back:
            kept = gross - of_product(back, product.seq)
            gross, tax = kept - gross, vat.included(kept, product.vat_basis_points) - tax
            cells = {payer: -minor for (seq, payer), minor in back.items() if seq == product.seq}
        if back and not gross:
            continue
        found.append(_line(booking, product, gross, tax, cells))
    return found


def _line(booking: Booking, product: OfferProduct, gross: int, tax: int, payers: dict[str, int]) -> ReceiptLine:
    return ReceiptLine(
        product=product,
        reference=booking.reference,
        gross_minor=gross,
        vat_minor=tax,
        vat_basis_points=product.vat_basis_points,
        vat_country=product.vat_country,
        payers=payers,
    )


def _fee_line(order: Order) -> ReceiptLine:
    fee = order.offer.fee
    return ReceiptLine(
        reference=order.code,
        gross_minor=fee.price_minor,
        vat_minor=vat.included(fee.price_minor, fee.vat_basis_points),
        vat_basis_points=fee.vat_basis_points,
        vat_country=fee.vat_country,
        payers={RESIDENT: fee.price_minor},
    )


def _numbers(seller_codes: Collection[str]) -> dict[str, int]:
    """The next number of each seller."""
    taken = next_of_each([f"{SERIES}{code}" for code in seller_codes])
    return {code: taken[f"{SERIES}{code}"] for code in seller_codes}


def _receipt(
    order: Order, kind: str, seller_code: str, seller: LegalEntity, number: int, now: datetime,
    corrects: Receipt | None = None, booking: Booking | None = None,
) -> Receipt:  # fmt: skip
    """Not written yet."""
    return Receipt(
        order=order,
        booking=booking,
        corrects=corrects,
        kind=kind,
        seller_code=seller_code,
        number=number,
        legal_name=seller.legal_name,
        business_id=seller.business_id,
        vat_id=seller.vat_id,
        currency=order.currency,
        issued_at=now,
    )


def _write(receipts: Sequence[tuple[Receipt, list[ReceiptLine]]]) -> None:
    Receipt.objects.bulk_create(receipt for receipt, _ in receipts)
    for receipt, lines in receipts:
        for line in lines:
            line.receipt = receipt
    ReceiptLine.objects.bulk_create(line for _, lines in receipts for line in lines)


def _sellers(order: Order, seller_codes: Collection[str]) -> dict[str, LegalEntity]:
    """Who sells, as the register knows them today; as the offer named them where they have left the register."""
    known = list_legal_entities(seller_codes)
    if missing := set(seller_codes) - set(known) - {Receipt.PLATFORM}:
        known = {code: LegalEntity(code, "", "", "") for code in missing} | known
        for part in order.offer.parts.filter(operator_code__in=missing):
            known[part.operator_code] = LegalEntity(part.operator_name, "", "", "")
    return known | {Receipt.PLATFORM: LegalEntity(**settings.PLATFORM)}
