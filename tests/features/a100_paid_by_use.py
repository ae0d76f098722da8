"""A ride whose price is an estimate: the most is agreed to and reserved, what was used is taken after the ride."""

from __future__ import annotations

import httpx
import pytest

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import Case
from tests.features import coast, lines
from tests.features.a106_receipts import receipts
from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db


def ride(market: Market, code: str) -> str:
    """The ride of the next day is over, and the hour in which it may be late; the order afterwards."""
    market.clock.shift(28 * 3600)
    market.settle(until=lambda: market.order(code)["status"]["charged"]["minor"] > 0)
    return lines.order(market.order(code))


def test_less_was_used_than_was_reserved(market: Market) -> None:
    """The bus is firm at 3.50; the ferry is estimated at 4.20, may cost 5.25, and comes to 3.78."""
    code = coast.order(market, estimates=True)
    market.pay(code)
    assert market.work(code) == "COMPLETED charged 0.00: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.money() == "captured 0.00, authorised 8.75, refunded 0.00"
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "Up to €8.75 is reserved on your card. You pay what you use, after the ride." in page
    assert ride(market, code).startswith("COMPLETED charged 7.28")
    assert market.money() == "captured 7.28, authorised 0.00, refunded 0.00"
    assert balance("operator_payable:sea", "EUR").minor == -378
    assert market.order(code)["status"]["price"]["minor"] == 728


def test_the_offer_says_what_is_the_most(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA, estimates=True)
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert lines.offer(offer) == "8.75 EUR: Bus Ltd 3.50 (hour), Sea Ltd 5.25 (crossing)"
    assert [part["price_is_ceiling"] for part in offer["parts"]] == [False, True]
    assert [way["key"] for way in offer["ways"]] == ["stripe"]
    shown = market.client.get(f"/offers/{offer['code']}").content.decode()
    assert "This is the most that it can cost. You pay what you use." in shown


def test_never_more_than_was_agreed_to(market: Market) -> None:
    code = coast.order(market, estimates=True, used_percent=200)
    market.pay(code)
    market.work(code)
    assert ride(market, code).startswith("COMPLETED charged 8.75")


def test_given_back_before_the_ride_only_the_fee_is_taken(market: Market) -> None:
    code = coast.order(market, estimates=True)
    market.pay(code)
    market.work(code)
    quote = market.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (0, 0)
    market.post(f"orders/{code}/cancellation", {"fee": quote["fee"]}, 202)
    assert market.work(code).startswith("CANCELLED charged 0.00")
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_who_never_tells_what_was_used_is_looked_at_by_people(market: Market) -> None:
    """The bus is taken, nothing for the ferry, before the authorisation ends."""
    code = coast.order(market, estimates=True)
    market.pay(code)
    market.work(code)
    market.fault("sea", path="packages", method="GET", kind="error_before", times=10_000)
    market.clock.shift(28 * 3600)
    market.settle()
    market.clock.shift(4 * 24 * 3600)
    market.settle(until=lambda: Case.objects.exists())
    assert [case.kind for case in Case.objects.all()] == ["use_not_told"]
    market.settle(until=lambda: market.order(code)["status"]["charged"]["minor"] > 0)
    assert market.money() == "captured 3.50, authorised 0.00, refunded 0.00"


@pytest.mark.parametrize(("seq", "hours", "taken"), [(1, 28, 378), (2, 0, 350)])
def test_a_part_is_given_back_while_the_money_is_only_reserved(
    market: Market, seq: int, hours: int, taken: int
) -> None:
    """Without the bus, the ferry is taken by use; without the ferry, the bus at once."""
    code = coast.order(market, estimates=True)
    market.pay(code)
    market.work(code)
    body = {"fee": {"minor": 0, "currency": "EUR"}, "bookings": [seq]}
    market.post(f"orders/{code}/cancellation", body, 202)
    market.work(code)
    market.clock.shift(hours * 3600)
    market.settle(until=lambda: market.order(code)["status"]["charged"]["minor"] > 0)
    assert market.order(code)["status"]["charged"]["minor"] == taken
    assert market.order(code)["status"]["state"] == "COMPLETED"
    assert balance("rider_receivable", "EUR").minor == balance("rider_refund_payable", "EUR").minor == 0


def test_nothing_is_settled_before_it_is_known_what_was_used(market: Market) -> None:
    code = coast.order(market, estimates=True)
    market.pay(code)
    market.work(code)
    assert market.client.get(f"/orders/{code}/receipts").status_code == 404
    market.fault("sea", path="packages", method="GET", kind="error_before", times=10_000)
    market.clock.shift(50 * 3600)
    tasks.settle_orders()
    assert market.order(code)["status"]["state"] == "COMPLETED"
    httpx.delete(f"{market.remotes['sea']}/_twin/faults", trust_env=False)
    market.settle(until=lambda: market.order(code)["status"]["charged"]["minor"] > 0)
    assert [each["gross"]["minor"] for each in receipts(market, code)] == [350, 378]
    tasks.settle_orders()
    assert market.order(code)["status"]["state"] == "COMPLETED", "the operators are still due their money"
