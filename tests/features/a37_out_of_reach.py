"""The ferry company cannot be reached for a while: nobody is charged for a guess, and nothing hangs about."""

import pytest

from tests.features.market import Market

pytestmark = pytest.mark.db

SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""
RIDE = ("sea:F", "sea:I", "10:00")


@pytest.fixture
def sea(market: Market) -> Market:
    market.publish(sea=SEA)
    market.sells_itself("sea", SEA)
    return market


def test_when_it_is_asked_for_its_price(sea: Market) -> None:
    sea.fault("sea", path="search-offers", kind="error_before")
    problem = sea.ask(*RIDE, status=503)
    assert (problem["title"], problem["alternative"]) == ("An operator cannot be reached at the moment.", "retry")
    assert sea.ask(*RIDE)["total"]["minor"] == 420


@pytest.mark.parametrize("kind", ["error_before", "error_after", "lost_before", "lost"])
@pytest.mark.parametrize("path", ["purchase-offers", "confirm-purchase"])
def test_for_a_moment(sea: Market, path: str, kind: str) -> None:
    code = sea.accept(sea.ask(*RIDE))
    sea.fault("sea", path=path, kind=kind)
    sea.pay(code)
    assert sea.work(code) == "COMPLETED charged 4.20: sea CONFIRMED; tickets ISSUED"
    assert sea.packages("sea") == ["CONFIRMED"]
    assert sea.money() == "captured 4.20, authorised 0.00, refunded 0.00"


def test_for_good(sea: Market) -> None:
    code = sea.accept(sea.ask(*RIDE))
    sea.fault("sea", path="purchase-offers", kind="error_before", times=1000)
    assert sea.work(code) == "FAILED (operator_unavailable) charged 0.00: sea RELEASED"
    assert sea.packages("sea") == []


def test_at_the_return_of_a_ticket(sea: Market) -> None:
    code = sea.buy(*RIDE)
    sea.fault("sea", path="redress-options", kind="error_before")
    quote = sea.get(f"orders/{code}/cancellation")
    assert [(part["cancellable"], part["obstacle"]) for part in quote["bookings"]] == [(False, "operator_unavailable")]
    fee = sea.get(f"orders/{code}/cancellation")["fee"]
    sea.fault("sea", path="confirm-redress", kind="lost")
    sea.post(f"orders/{code}/cancellation", {"fee": fee}, 202)
    assert sea.work(code) == "CANCELLED charged 0.00: sea CANCELLED; tickets VOID"
    assert sea.money() == "captured 4.20, authorised 0.00, refunded 4.20"
