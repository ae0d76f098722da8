"""An operator cancels what it has sold: everything paid for it comes back, and another way is offered."""

import httpx
import pytest

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import Outbox, PlatformFee, Ride
from tests.features.a27_cancelling import BUS, SEA
from tests.features.a106_receipts import receipts
from tests.features.a107_statements import member
from tests.features.market import Market

pytestmark = pytest.mark.db
HOUR_S = 3600


@pytest.fixture
def code(market: Market) -> str:
    """Bus, which keeps half of what residents give back, and ferry; bought for tomorrow."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=5000)
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def test_a_hosted_operator_cancels_one_booking(market: Market, code: str) -> None:
    said = {"reference": f"{code}-1"}
    for stranger in (member("operator_staff", "sea"), member("driver", "bus"), market.client):
        market.post("operators/bus/cancelled-bookings", said, 404, stranger)
    staff = member("operator_staff", "bus")
    for wrong in (f"{code}-2", f"{code}-9", f"{code}-x", "nothing"):
        market.post("operators/bus/cancelled-bookings", {"reference": wrong}, 404, staff)
    market.post("operators/bus/cancelled-bookings", said, 202, staff)
    assert market.work(code, until="CANCELLING").startswith("COMPLETED charged 4.20: bus CANCELLED, sea CONFIRMED")
    assert market.money() == "captured 7.70, authorised 0.00, refunded 3.50"
    assert balance("operator_payable:bus", "EUR").minor == 0
    assert Outbox.objects.filter(topic="order.called_off").count() == 1
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "Bus Ltd has cancelled its part of your journey. You get back everything that you paid for it." in page
    assert page.index("See other ways to go") < page.index("See later departures")
    assert [each["kind"] for each in market.order(code)["alternatives"]] == ["other_way", "later"]
    market.post("operators/bus/cancelled-bookings", said, 404, staff)


def test_a_departure_that_does_not_run(market: Market, code: str) -> None:
    other = market.buy("bus:H", "bus:Q", "10:00")
    trip, _, day = Ride.objects.filter(booking__operator_code="bus").first().departure_key.rpartition("@")  # type: ignore[union-attr]
    said = {"trip_id": trip, "service_date": day, "cancelled": True}
    market.post("operators/sea/trip-events", said, 404, member("operator_staff", "sea"))
    market.post("operators/bus/trip-events", said, 404)
    staff = member("operator_staff", "bus")
    market.post("operators/bus/trip-events", {"trip_id": trip, "service_date": day}, 400, staff)
    market.post("operators/bus/trip-events", said, 202, staff)
    tasks.sweep_orders()
    assert market.work(other) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"
    assert market.work(code).startswith("COMPLETED charged 4.20: bus CANCELLED, sea CONFIRMED")
    tasks.sweep_orders()
    assert market.money() == "captured 11.20, authorised 0.00, refunded 7.00"


def test_an_operator_with_a_system_of_its_own(market: Market, code: str) -> None:
    market.clock.shift(2 * HOUR_S)
    tasks.watch_bookings()
    gone = httpx.post(f"{market.remotes['sea']}/_twin/cancellations", json={}, trust_env=False)
    assert gone.json() == {"cancelled": 1}
    tasks.watch_bookings()
    assert market.work(code).startswith("COMPLETED charged 7.70"), "it was asked a moment ago"
    market.clock.shift(HOUR_S)
    tasks.watch_bookings()
    tasks.sweep_orders()
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED, sea CANCELLED; tickets ISSUED, VOID"
    assert market.packages("sea") == ["CANCELLED"]
    assert market.money() == "captured 7.70, authorised 0.00, refunded 4.20"


def test_where_nothing_is_left_the_platform_keeps_nothing_either(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    PlatformFee.objects.create(currency="EUR", valid_from="2026-11-01", order_minor=50, commission_basis_points=500)
    code = market.buy("bus:H", "bus:Q", "10:00")
    assert market.money() == "captured 4.00, authorised 0.00, refunded 0.00"
    market.post("operators/bus/cancelled-bookings", {"reference": f"{code}-1"}, 202, member("operator_staff", "bus"))
    tasks.sweep_orders()
    assert market.work(code) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"
    assert market.money() == "captured 4.00, authorised 0.00, refunded 4.00"
    for account in ("platform_fee", "platform_vat", "operator_payable:bus", "rider_refund_payable", "psp_clearing"):
        assert balance(account, "EUR").minor == 0, account
    assert sum(each["gross"]["minor"] for each in receipts(market, code)) == 0
    assert [each["kind"] for each in receipts(market, code)] == ["sale", "sale", "credit", "credit"]
