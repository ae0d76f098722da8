"""What a ride in a hired vehicle costs by published plans."""

from decimal import Decimal

import pytest

from transit.routing.rentals import PricePlan, PriceStep, price_of


def step(start: str, rate: str, interval: str, end: str | None = None) -> PriceStep:
    return PriceStep(Decimal(start), Decimal(rate), Decimal(interval), Decimal(end) if end else None)


PLANS = {
    "by the minute": (PricePlan("p", (), "EUR", Decimal(1), (step("0", "0.28", "1"),)), 601, 2000, 100 + 11 * 28),
    "half an hour is free": (PricePlan("p", (), "EUR", Decimal(2), (step("30", "1", "30"),)), 1800, 2000, 200),
    "then every begun half hour": (PricePlan("p", (), "EUR", Decimal(2), (step("30", "1", "30"),)), 3660, 2000, 400),
    "once, from a minute on": (PricePlan("p", (), "EUR", Decimal(0), (step("5", "3", "0"),)), 3600, 2000, 300),
    "up to a minute": (PricePlan("p", (), "EUR", Decimal(0), (step("0", "1", "10", "30"),)), 7200, 2000, 300),
    "by the kilometre": (PricePlan("p", (), "EUR", Decimal(0), (), (step("1", "0.5", "1"),)), 600, 3200, 150),
    "without decimals": (PricePlan("p", (), "JPY", Decimal(100), (step("0", "15", "1"),)), 540, 2000, 235),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANS)
def test_price(what: str) -> None:
    plan, seconds, metres, minor = PLANS[what]
    assert price_of(plan, seconds, metres).minor == minor
