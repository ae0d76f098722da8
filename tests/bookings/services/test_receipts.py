"""Numbers of receipts have no gaps, whatever fails and however many sell at once; credited tax is exact."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bookings.ledger import vat
from bookings.models import Booking, OfferProduct, Order, ProductShare, Receipt, ReceiptLine, Series
from bookings.services import receipts, sales
from bookings.states import BOOKING
from tests import factories
from tests.factories import NOW
from transit.models import Operator

pytestmark = [pytest.mark.db]
BUYERS = 12


def issue(order: Order) -> None:
    receipts.issue(order, sales.list_sold(order), NOW)


def numbers(seller: str) -> list[int]:
    return list(Receipt.objects.filter(seller_code=seller).order_by("number").values_list("number", flat=True))


@pytest.mark.django_db
def test_what_is_rolled_back_leaves_no_gap() -> None:
    first, failed, second = (factories.order() for _ in range(3))
    issue(first)
    with transaction.atomic():
        issue(failed)
        transaction.set_rollback(True)
    issue(second)
    assert numbers("bus") == numbers("sea") == [1, 2]
    assert set(Series.objects.filter(name__startswith=receipts.SERIES).values_list("last", flat=True)) == {2}


@pytest.mark.django_db(transaction=True)
def test_many_sales_at_once_number_one_after_the_other() -> None:
    waiting = [factories.order() for _ in range(BUYERS)]
    start = threading.Barrier(BUYERS)

    def sell(order: Order) -> None:
        try:
            start.wait()
            with transaction.atomic():
                issue(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(BUYERS) as pool:
        list(pool.map(sell, waiting))
    assert numbers("bus") == numbers("sea") == list(range(1, BUYERS + 1))


@pytest.mark.django_db
@pytest.mark.parametrize("fee", [0, 1, 53, 100, 530, 9999])
def test_what_remains_of_a_receipt_is_taxed_like_a_sale_of_what_was_kept(fee: int) -> None:
    Operator.objects.create(code="bus", legal_name="Bus Oy", business_id="1-2", vat_id="FI1", country="FI")
    order = factories.order()
    adult, senior = OfferProduct.objects.filter(part__offer=order.offer, part__seq=1)
    ProductShare.objects.create(product=adult, payer="region:coast", amount_minor=200)
    issue(order)
    booking = Booking.objects.get(order=order, seq=1)
    booking.fee_minor = fee
    for state in ("HELD", "CONFIRMED", "CANCELLED"):
        BOOKING.move(booking, state)
    receipts.credit(order, booking, NOW)
    lines = [line for paper in receipts.list_papers(order) for line in paper.lines]
    for product in (adult, senior):
        mine = [line for line in lines if line.product == product]
        kept = sum(line.gross_minor for line in mine)
        assert sum(line.vat_minor for line in mine) == vat.included(kept, product.vat_basis_points)
        assert all(sum(line.payers.values()) == line.gross_minor for line in mine)
    notes = [paper for paper in receipts.list_papers(order) if paper.receipt.kind == "credit"]
    assert -sum(paper.gross.minor for paper in notes) == max(0, 530 - fee)
    assert [paper.receipt.legal_name for paper in notes] == ["Bus Oy"] * len(notes)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([0, 600, 1350, 2550])), max_size=9))
def test_the_table_of_rates_is_the_sum_of_the_lines(made: list[tuple[int, int]]) -> None:
    lines = [
        ReceiptLine(
            gross_minor=gross, vat_minor=vat.included(gross, rate), vat_basis_points=rate, vat_country="FI", payers={}
        )
        for gross, rate in made
    ]
    paper = receipts.Paper(Receipt(currency="EUR"), lines)
    assert sum(tax.gross.minor for tax in paper.taxes) == paper.gross.minor
    assert sum(tax.tax.minor for tax in paper.taxes) == sum(line.vat_minor for line in lines)
    assert all(tax.net + tax.tax == tax.gross for tax in paper.taxes)
