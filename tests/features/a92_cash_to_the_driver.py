"""Cash to the driver: booked without a card, owed by name until the driver has taken it and given a receipt."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bookings.ledger.posting import balance
from bookings.models import Bill, WayToPay
from maas.accounts.models import Role
from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db


def staff(kind: str, scope: str = "") -> Client:
    user = get_user_model().objects.create_user(f"{kind}.{scope}@maas.test")
    Role.objects.create(user=user, kind=kind, scope=scope)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def coast(market: Market) -> Market:
    """Bus (10 % fee) and ferry; both operators' drivers take cash."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells("sea")
    for operator in ("bus", "sea"):
        WayToPay.objects.create(provider="cash", operator_code=operator, allowed=True)
    return market


def test_booked_without_a_card_and_paid_on_board(coast: Market) -> None:
    offer = coast.ask("bus:H", "sea:I", "10:00")
    assert [way["key"] for way in offer["ways"]] == ["stripe", "cash"]
    assert "In cash to the driver" in coast.client.get(f"/offers/{offer['code']}").content.decode()
    code = coast.accept(offer, pay_with="cash")
    assert coast.work(code) == "COMPLETED charged 0.00: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert coast.money() == "captured 0.00, authorised 0.00, refunded 0.00"
    assert balance("cash_due:bus", "EUR").minor == 350
    assert balance("operator_payable:bus", "EUR").minor == -350
    page = coast.client.get(f"/orders/{code}").content.decode()
    assert "Pay €3.50 in cash to the driver of Bus Ltd. Ask for the receipt." in page

    bill = Bill.objects.get(operator_code="bus")
    for stranger in (staff("driver", "sea"), staff("inspector")):
        assert stranger.post(f"/desk/bills/{bill.pk}/paid").status_code == 404
    assert staff("inspector", "bus").get("/desk/bills").status_code == 404
    driver = staff("driver", "bus")
    seen = driver.get("/desk/bills").content.decode()
    assert "€3.50" in seen
    assert "€4.20" not in seen
    for _ in range(2):
        assert driver.post(f"/desk/bills/{bill.pk}/paid").status_code == 302
    order = coast.order(code)
    assert (order["status"]["charged"]["minor"], order["status"]["owed"]["minor"]) == (350, 420)
    assert order["bills"][0]["number"] == "R-2026-000001"
    assert (
        "You paid €3.50 to the driver of Bus Ltd. Receipt R-2026-000001."
        in coast.client.get(f"/orders/{code}").content.decode()
    )
    assert balance("operator_payable:bus", "EUR").minor == 0, "the driver has the money"
    assert balance("cash_due:bus", "EUR").minor == 0


def test_what_was_not_paid_is_no_longer_owed_and_the_rest_is_handed_back(coast: Market) -> None:
    code = coast.accept(coast.ask("bus:H", "sea:I", "10:00"), pay_with="cash")
    coast.work(code)
    staff("driver", "bus").post(f"/desk/bills/{Bill.objects.get(operator_code='bus').pk}/paid")
    coast.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}}, 202)
    with pytest.raises(AssertionError, match="CANCELLING"):
        coast.work(code)
    assert balance("cash_due:sea", "EUR").minor == 0
    assert balance("rider_refund_payable", "EUR").minor == -735, "until the desk has paid out"
    desk = staff("desk_agent")
    assert "€3.15" in desk.get("/desk/bills").content.decode()
    back = Bill.objects.get(operator_code="bus").pledge.pay_backs.get()
    assert staff("driver", "sea").post(f"/desk/payouts/{back.pk}/paid").status_code == 404
    assert desk.post(f"/desk/payouts/{back.pk}/paid").status_code == 302
    assert coast.work(code) == "CANCELLED charged 0.35: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    for account in ("cash_clearing", "rider_refund_payable", "cash_due:sea"):
        assert balance(account, "EUR").minor == 0, account
    assert balance("desk_cash", "EUR").minor == -315


def test_only_the_part_that_is_given_back_is_no_longer_owed(coast: Market) -> None:
    code = coast.accept(coast.ask("bus:H", "sea:I", "10:00"), pay_with="cash")
    coast.work(code)
    coast.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}, "bookings": [1]}, 202)
    assert coast.work(code, until="COMPLETED").startswith("COMPLETED charged 0.00: bus CANCELLED, sea CONFIRMED")
    assert (balance("cash_due:bus", "EUR").minor, balance("cash_due:sea", "EUR").minor) == (35, 420)
    assert coast.order(code)["status"]["owed"]["minor"] == 455


def test_only_where_every_operator_takes_cash(coast: Market) -> None:
    WayToPay.objects.filter(operator_code="sea").delete()
    offer = coast.ask("bus:H", "sea:I", "10:00")
    assert [way["key"] for way in offer["ways"]] == ["stripe"]
    problem = coast.post("orders", {"offer": offer["code"], "pay_with": "cash"}, 409, key="no cash")
    assert problem["code"] == "way_not_allowed"


def test_who_does_not_come_to_pay_keeps_no_more_seats(coast: Market) -> None:
    for _ in range(3):
        coast.work(coast.accept(coast.ask("bus:H", "bus:Q", "10:00"), pay_with="cash"))
    assert [way["key"] for way in coast.ask("bus:H", "bus:Q", "10:00")["ways"]] == ["stripe"]
