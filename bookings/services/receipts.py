"""Receipts and credit notes: written in the transaction of the sale or of the cancellation, read by who owns the order.

Each seller has a series of its own without gaps: a number is taken under a lock and lost with the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Prefetch

from bookings.ledger import vat
from bookings.ledger.division import RESIDENT, Cells, of_product
from bookings.models import Booking, Order, Receipt, ReceiptLine
from bookings.series import next_in
from bookings.services import sales
from bookings.services.viewers import Viewer
from transit.money import Money
from transit.register.sellers import LegalEntity, find_legal_entity

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
    numbers = _numbers(lines)
    for seller_code, own in lines.items():
        _write(_receipt(order, Receipt.Kind.SALE, seller_code, numbers[seller_code], now), own)


def credit(order: Order, booking: Booking, now: datetime) -> None:
    """The credit note of a cancelled booking, where anything of it goes back to anybody.

    Its tax is that of what was paid without that of what is kept, each rounded by the rule: what remains of the first
    receipt is then taxed to the cent like a sale of what was kept.
    """
    first = order.receipts.filter(kind=Receipt.Kind.SALE, seller_code=booking.operator_code).first()
    back = sales.given_back(booking)
    if first is None or not back:
        return
    ((seller_code, number),) = _numbers([booking.operator_code]).items()
    note = _receipt(order, Receipt.Kind.CREDIT, seller_code, number, now, first, booking)
    _write(note, _lines(booking, sales.cells_of(booking), back))


def credit_fee(order: Order, now: datetime) -> None:
    """The credit note of the platform's own fee."""
    first = order.receipts.filter(kind=Receipt.Kind.SALE, seller_code=Receipt.PLATFORM).first()
    if first is None:
        return
    line = _fee_line(order)
    line.gross_minor, line.vat_minor = -line.gross_minor, -line.vat_minor
    line.payers = {RESIDENT: line.gross_minor}
    ((seller_code, number),) = _numbers([Receipt.PLATFORM]).items()
    _write(_receipt(order, Receipt.Kind.CREDIT, seller_code, number, now, first), [line])


def list_papers(order: Order) -> list[Paper]:
    """All receipts and credit notes of an order, in the order in which they were written."""
    lines = Prefetch("lines", ReceiptLine.objects.select_related("product"))
    receipts = order.receipts.select_related("corrects").prefetch_related(lines)
    return [Paper(receipt, list(receipt.lines.all())) for receipt in receipts]


def get_for(viewer: Viewer, code: str) -> Order:
    """The order of this viewer that has receipts. Raises Order.DoesNotExist, also for somebody else's."""
    order = Order.objects.select_related("offer").get(viewer.owns(), code=code)
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
        found.append(
            ReceiptLine(
                product=product,
                reference=booking.reference,
                gross_minor=gross,
                vat_minor=tax,
                vat_basis_points=product.vat_basis_points,
                vat_country=product.vat_country,
                payers=cells,
            )
        )
    return found


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


def _numbers(seller_codes: Iterable[str]) -> dict[str, int]:
    """The next number of each seller, always taken in the same order: two sales never wait for each other."""
    return {code: next_in(f"{SERIES}{code}") for code in sorted(seller_codes)}


def _receipt(
    order: Order, kind: str, seller_code: str, number: int, now: datetime,
    corrects: Receipt | None = None, booking: Booking | None = None,
) -> Receipt:  # fmt: skip
    seller = _seller(order, seller_code)
    return Receipt.objects.create(
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


def _write(receipt: Receipt, lines: list[ReceiptLine]) -> None:
    for line in lines:
        line.receipt = receipt
    ReceiptLine.objects.bulk_create(lines)


def _seller(order: Order, seller_code: str) -> LegalEntity:
    """Who sells, as the register knows it today; as the offer named it where it has left the register."""
    if seller_code == Receipt.PLATFORM:
        return LegalEntity(**settings.PLATFORM)
    found = find_legal_entity(seller_code)
    part = order.offer.parts.filter(operator_code=seller_code).first()
    return found or LegalEntity(part.operator_name if part else seller_code, "", "", "")
