"""Prices by demand: within the bounds, never against the demand, to the cent, and never dearer for who is exempt."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import demand
from transit.ondemand.pricing import Price, PriceReason, change_of, is_exempt, price
from transit.ondemand.rules import DynamicPricing, Purpose, RiderGroup, Rules

HUNDREDTHS = st.integers(0, 100)
BOUNDS = st.tuples(st.integers(0, 9000), st.integers(0, 20_000), HUNDREDTHS, HUNDREDTHS).filter(
    lambda found: found[2] < found[3]
)


def pricing_of(bounds: tuple[int, int, int, int]) -> DynamicPricing:
    off, on, below, above = bounds
    return DynamicPricing(off, on, below / 100, above / 100)


@given(BOUNDS, HUNDREDTHS, st.booleans())
def test_as_the_oracle_counts(bounds: tuple[int, int, int, int], busy: int, exempt: bool) -> None:
    off, on, below, above = bounds
    expected = demand.change(
        Fraction(busy, 100), (off, Fraction(below, 100)), (on, Fraction(above, 100)), exempt=exempt
    )
    assert change_of(pricing_of(bounds), busy / 100, exempt=exempt) == expected


@given(BOUNDS, st.booleans(), st.floats(0, 1), st.floats(0, 1))
def test_within_the_bounds_and_never_less_where_more_is_asked_for(
    bounds: tuple[int, int, int, int], exempt: bool, one: float, other: float
) -> None:
    pricing = pricing_of(bounds)
    less, more = sorted((one, other))
    low, high = (change_of(pricing, busy, exempt=exempt) for busy in (less, more))
    assert -bounds[0] <= low <= high <= (0 if exempt else bounds[1])


@given(st.integers(0, 100_000), st.integers(-10_000, 20_000), st.none() | st.integers(0, 100_000))
def test_to_the_cent(usual: int, basis_points: int, cap: int | None) -> None:
    found = price(usual, basis_points, cap)
    assert found.minor == demand.fare(usual, basis_points, cap)
    assert found.minor >= 0
    assert found.minor <= usual or cap is None or found.minor <= max(cap, usual)
    assert (found.reason == PriceReason.QUIET) == (found.minor < usual)
    assert (found.reason == PriceReason.BUSY) == (found.minor > usual)
    assert bool(found.change_basis_points) == (found.minor != usual)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8), st.integers(-10_000, 10_000))
def test_a_party_pays_what_its_members_pay(fares: list[int], basis_points: int) -> None:
    """Rounded for each, so that every ticket says what it cost; together never a half unit a person from the whole."""
    together = sum(price(fare, basis_points).minor for fare in fares)
    assert abs(together - sum(fares) * (10_000 + basis_points) / 10_000) <= len(fares) / 2


@pytest.mark.parametrize(
    ("busy", "basis_points", "reason"),
    [(0.0, -2000, "quiet"), (0.15, -1000, "quiet"), (0.5, 0, ""), (0.9, 1000, "busy"), (1.0, 2000, "busy")],
    ids=["nobody", "few", "some", "many", "all"],
)
def test_as_a_region_sets_it(busy: float, basis_points: int, reason: str) -> None:
    change = change_of(DynamicPricing(2000, 2000, 0.3, 0.8), busy, exempt=False)
    assert change == basis_points
    assert price(450, change).reason == reason
    assert price(450, change) == Price(450 + 450 * basis_points // 10_000, 450, basis_points)


def test_who_and_what_is_exempt() -> None:
    rules = Rules(
        "Europe/Helsinki",
        "EUR",
        groups=(RiderGroup("pupil", "Pupils", exempt=True), RiderGroup("senior", "Seniors")),
        purposes=(Purpose("health", "Health", exempt=True), Purpose("shopping", "Shopping")),
    )
    assert is_exempt(rules, (), "health")
    assert is_exempt(rules, ("senior", "pupil"), "shopping")
    assert not is_exempt(rules, ("senior",), "shopping")
    assert not is_exempt(rules, (), "")
    assert change_of(None, 1.0, exempt=False) == 0
