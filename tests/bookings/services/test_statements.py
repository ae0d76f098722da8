"""Statements are the ledger: to the cent, chained, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.ledger.posting import Line, balance, post
from bookings.models import Booking, OfferPart, OfferProduct, ProductShare
from bookings.services import sales, statements
from bookings.services.charging import find_live
from bookings.states import BOOKING
from tests import factories
from transit.models import Operator, Region
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.django_db]
FIRST = date(2026, 11, 1)
DAYS = 40


@dataclass(frozen=True)
class Sale:
    """A sale on a day, with what the region pays of each ticket; cancelled so many days later for a fee, or not."""

    day: int
    prices: tuple[int, int, int, int]
    percent: int
    cancelled_after: int | None
    fee: int


SALES = st.builds(
    Sale,
    day=st.integers(0, DAYS - 1),
    prices=st.tuples(*[st.integers(0, 5000)] * 4),
    percent=st.integers(0, 100),
    cancelled_after=st.none() | st.integers(0, 20),
    fee=st.integers(0, 6000),
)


def at(day: int) -> datetime:
    return datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=day)


def happen(sale: Sale) -> None:
    order = factories.order()
    for product, price in zip(OfferProduct.objects.filter(part__offer=order.offer), sale.prices, strict=True):
        product.price_minor = price
        product.save()
        if share := price * sale.percent // 100:
            ProductShare.objects.create(product=product, payer="region:coast", amount_minor=share)
    for booking, price in zip(order.bookings.all(), (sum(sale.prices[:2]), sum(sale.prices[2:])), strict=True):
        Booking.objects.filter(pk=booking.pk).update(price_minor=price, operator_ref=f"={booking.pk}")
        OfferPart.objects.filter(pk=booking.part_id).update(price_minor=price)
    sales.post_sale(order, sales.list_sold(order), find_live(order), at(sale.day))
    if sale.cancelled_after is None:
        return
    for booking in sales.list_sold(order):
        booking.fee_minor = sale.fee
        booking.save()
        for state in ("HELD", "CONFIRMED", "CANCELLED"):
            BOOKING.move(booking, state)
        sales.post_cancellation(order, booking, at(sale.day + sale.cancelled_after))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SALES, max_size=4), st.lists(st.integers(1, DAYS + 20), unique=True, max_size=4))
def test_the_sum_of_a_statement_is_what_the_ledger_moved_and_periods_chain(made: list[Sale], cuts: list[int]) -> None:
    with undone():
        Operator.objects.create(code="bus", legal_name="Bus", country="FI")
        for sale in made:
            happen(sale)
        edges = [0, *sorted(cuts), DAYS + 21]
        papers = [
            statements.make("bus", "EUR", FIRST + timedelta(days=begin), FIRST + timedelta(days=end - 1))
            for begin, end in pairwise(edges)
        ]
        assert papers[0].opening == Money(0, "EUR")
        for before, after in pairwise(papers):
            assert before.closing == after.opening
        assert papers[-1].closing == -balance("operator_payable:bus", "EUR")
        sold = sum(sum(sale.prices[:2]) for sale in made)
        found = sum(paper.sums.get("sale", Money(0, "EUR")).minor for paper in papers)
        assert found == sold
        kept = sum(sum(sale.prices[:2]) if sale.cancelled_after is None else sale.fee for sale in made)
        assert papers[-1].closing.minor == kept
        for paper in papers:
            _sums_as_csv(paper)


def _sums_as_csv(paper: statements.Statement) -> None:
    rows = list(csv.DictReader(io.StringIO(statements.to_csv(paper))))
    first, *moved, last = [
        round(100 * (float(row["to_operator"] or 0) - float(row["from_operator"] or 0))) for row in rows
    ]
    assert (first, last) == (paper.opening.minor, paper.closing.minor)
    assert first + sum(moved) == last
    assert len(moved) == len(paper.lines)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(name: str) -> None:
    Operator.objects.create(code="bus", legal_name="Bus", country="FI")
    order = factories.order()
    booking = order.bookings.get(operator_code="bus")
    Booking.objects.filter(pk=booking.pk).update(operator_ref=name.replace("\0", "") or None)
    sales.post_sale(order, sales.list_sold(order), find_live(order), at(0))
    text = statements.to_csv(statements.make("bus", "EUR", FIRST, FIRST))
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))]
    assert statements.safe_cell(name).startswith("'")


def test_days_are_those_of_the_operators_clock(region_in_helsinki: None) -> None:
    lines = [Line("operator_payable:bus", Money(-100, "EUR"), "o-1"), Line("psp_clearing", Money(100, "EUR"))]
    post("sale:o", "o", lines, datetime(2026, 11, 1, 22, 30, tzinfo=UTC))  # half past midnight in Helsinki
    assert statements.make("bus", "EUR", FIRST, FIRST).lines == ()
    (line,) = statements.make("bus", "EUR", FIRST + timedelta(days=1), FIRST + timedelta(days=1)).lines
    assert line.at.isoformat() == "2026-11-02T00:30:00+02:00"


@pytest.fixture
def region_in_helsinki() -> None:
    region = Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    Operator.objects.create(code="bus", legal_name="Bus", country="FI", region=region)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_period_that_is_none(days: int) -> None:
    Operator.objects.create(code="bus", legal_name="Bus", country="FI")
    with pytest.raises(ValueError, match="period"):
        statements.make("bus", "EUR", FIRST, FIRST + timedelta(days=days))
