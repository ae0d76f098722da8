"""Who pays which part, and what goes back: every table sums to its whole, and nobody pays more than they said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.ledger.division import (
    RESIDENT,
    Cells,
    Promise,
    divide,
    give_back,
    of_others,
    of_payer,
    of_product,
)

REGION, WORK = "region:coast", "employer:works"


@st.composite
def promises(draw: Any) -> list[Promise]:
    found = []
    for seq in range(1, draw(st.integers(1, 6)) + 1):
        price = draw(st.integers(0, 5000))
        region = draw(st.integers(0, price))
        work = draw(st.integers(0, price - region))
        shares = {name: minor for name, minor in ((REGION, region), (WORK, work)) if minor}
        found.append(Promise(seq, price, shares))
    return found


def test_as_offered() -> None:
    products = [Promise(1, 350, {REGION: 200}), Promise(2, 180, {REGION: 100, WORK: 80}), Promise(3, 420)]
    assert divide(950, products) == {
        (1, REGION): 200,
        (1, RESIDENT): 150,
        (2, REGION): 100,
        (2, WORK): 80,
        (3, RESIDENT): 420,
    }


@pytest.mark.parametrize(
    ("price", "resident", "region"),
    [(2000, 1600, 400), (1000, 600, 400), (500, 100, 400), (300, 0, 300), (0, 0, 0)],
)
def test_dearer_and_cheaper_are_the_residents_until_nothing_is_left(price: int, resident: int, region: int) -> None:
    cells = divide(price, [Promise(1, 1000, {REGION: 400})])
    assert (of_payer(cells, RESIDENT), of_payer(cells, REGION)) == (resident, region)


def test_what_was_free_and_now_costs_something_is_spread_evenly() -> None:
    assert divide(101, [Promise(1, 0), Promise(2, 0)]) == {(1, RESIDENT): 51, (2, RESIDENT): 50}


@pytest.mark.parametrize(("fee", "resident", "region"), [(0, 300, 700), (100, 200, 700), (400, 0, 600), (9999, 0, 0)])
def test_the_fee_is_kept_from_the_resident_first(fee: int, resident: int, region: int) -> None:
    back = give_back(divide(1000, [Promise(1, 1000, {REGION: 700})]), fee)
    assert (of_payer(back, RESIDENT), of_payer(back, REGION)) == (resident, region)


@given(promises(), st.integers(0, 40000))
def test_the_table_sums_to_the_price(products: list[Promise], price: int) -> None:
    cells = divide(price, products)
    assert sum(cells.values()) == price
    assert all(minor > 0 for minor in cells.values())
    for product in products:
        owed = of_others({cell: minor for cell, minor in cells.items() if cell[0] == product.seq})
        assert all(minor <= product.shares[payer] for payer, minor in owed.items())


@given(promises())
def test_at_the_offered_price_everybody_owes_what_was_offered(products: list[Promise]) -> None:
    cells = divide(sum(product.price_minor for product in products), products)
    for product in products:
        assert of_product(cells, product.seq) == product.price_minor
        assert of_others({cell: minor for cell, minor in cells.items() if cell[0] == product.seq}) == product.shares


@given(promises(), st.integers(0, 40000))
def test_a_higher_price_is_nobodys_advantage(products: list[Promise], price: int) -> None:
    offered = sum(product.price_minor for product in products)
    before, after = of_payer(divide(offered, products), RESIDENT), of_payer(divide(price, products), RESIDENT)
    assert (after - before) * (price - offered) >= 0


@given(promises(), st.integers(0, 40000))
def test_what_goes_back_and_what_is_kept_are_the_whole(products: list[Promise], fee: int) -> None:
    paid = divide(sum(product.price_minor for product in products), products)
    back = give_back(paid, fee)
    assert sum(back.values()) == max(0, sum(paid.values()) - fee)
    assert all(0 < minor <= paid[cell] for cell, minor in back.items())
    assert of_payer(back, RESIDENT) == max(0, of_payer(paid, RESIDENT) - fee)
    kept: Cells = {cell: minor - back.get(cell, 0) for cell, minor in paid.items()}
    assert sum(kept.values()) == min(fee, sum(paid.values()))
