"""The tax within a price is that of the country, the kind of product and the day; a seller may be exempt."""

from datetime import date

import pytest

from bookings.models import VatRate
from tests.features.coast import BUS
from tests.features.market import Market
from transit.models import Operator

pytestmark = pytest.mark.db


def vat(market: Market) -> str:
    (part,) = market.ask("bus:H", "bus:Q", "10:00")["parts"]
    (product,) = part["products"]
    found = product["vat"]
    return f"{found['country']} {found['basis_points']}: {found['included']['minor']} of {product['price']['minor']}"


def test_by_the_law_of_the_day(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    assert vat(market) == "FI 1350: 42 of 350"
    VatRate.objects.create(country="FI", kind="transport", valid_from=date(2026, 11, 24), basis_points=1000)
    assert vat(market) == "FI 1350: 42 of 350"
    VatRate.objects.create(country="FI", kind="transport", valid_from=date(2026, 11, 23), basis_points=1000)
    assert vat(market) == "FI 1000: 32 of 350"


def test_by_the_kind_of_product(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus", vat_kind="general")
    assert vat(market) == "FI 2550: 71 of 350"


def test_a_seller_without_tax(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus", vat_basis_points=0)
    assert vat(market) == "FI 0: 0 of 350"


def test_where_no_law_is_known_nothing_is_sold(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    Operator.objects.update(country="XX")
    assert market.ask("bus:H", "bus:Q", "10:00", status=409)["code"] == "not_offered"
