"""By invoice: to whom staff allow it, numbered without gaps, to be paid by a day, never beyond the limit."""

import pytest
from django.contrib.auth import get_user_model

from bookings.ledger.posting import balance
from bookings.models import Bill, BillingAccount
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def account(market: Market) -> BillingAccount:
    """The resident is logged in, and may order at the expense of the village association: 7.00 EUR at most."""
    market.publish(bus=BUS)
    market.sells("bus")
    user = get_user_model().objects.create_user("aino@maas.test")
    market.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    made = BillingAccount.objects.create(
        holder={"name": "Kylä ry", "address": "Rantatie 1"}, currency="EUR", limit_minor=700, terms_days=14
    )
    made.users.add(user)
    return made


def test_ordered_now_and_paid_later(market: Market, account: BillingAccount) -> None:
    offer = market.ask("bus:H", "bus:Q", "10:00")
    way = f"invoice:{account.code}"
    assert [each["key"] for each in offer["ways"]] == ["stripe", way]
    assert (
        "To Kylä ry. Up to €7.00 more can be ordered." in market.client.get(f"/offers/{offer['code']}").content.decode()
    )
    code = market.accept(offer, pay_with=way)
    assert market.work(code) == "COMPLETED charged 0.00: bus CONFIRMED; tickets ISSUED"
    assert balance(f"invoice_receivable:{account.code}", "EUR").minor == 350
    assert market.order(code)["bills"][0] | {"amount": 0} == {
        "operator_code": "", "number": "I-2026-000001", "state": "OPEN", "amount": 0, "due_on": "2026-12-07",
    }  # fmt: skip
    assert (
        "Invoice I-2026-000001: €3.50, to be paid by 7 Dec 2026."
        in market.client.get(f"/orders/{code}").content.decode()
    )
    bill = Bill.objects.get()
    assert staff("driver", "bus").post(f"/desk/bills/{bill.pk}/paid").status_code == 404
    assert staff("desk_agent").post(f"/desk/bills/{bill.pk}/paid").status_code == 302
    assert balance(f"invoice_receivable:{account.code}", "EUR").minor == 0
    assert balance("bank", "EUR").minor == 350
    assert market.order(code)["status"]["charged"]["minor"] == 350


def test_the_limit_holds_and_a_cancelled_ride_is_credited(market: Market, account: BillingAccount) -> None:
    way = f"invoice:{account.code}"
    codes = [market.accept(market.ask("bus:H", "bus:Q", "10:00"), pay_with=way) for _ in range(2)]
    third = market.ask("bus:H", "bus:Q", "10:00")
    for code in codes:
        assert market.work(code).startswith("COMPLETED")
    assert market.post("orders", {"offer": third["code"], "pay_with": way}, 409, key="x")["code"] == "way_not_allowed"
    market.post(f"orders/{codes[0]}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    assert market.work(codes[0]) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"
    assert sorted(Bill.objects.values_list("number", "state")) == [
        ("I-2026-000001", "CANCELLED"), ("I-2026-000002", "OPEN"),
    ]  # fmt: skip
    assert balance("invoice_clearing", "EUR").minor == balance("rider_refund_payable", "EUR").minor == 0
    assert market.work(market.accept(third, pay_with=way)).startswith("COMPLETED")


def test_nobody_orders_at_a_stranger_s_expense(market: Market, account: BillingAccount) -> None:
    account.users.clear()
    offer = market.ask("bus:H", "bus:Q", "10:00")
    problem = market.post("orders", {"offer": offer["code"], "pay_with": f"invoice:{account.code}"}, 409, key="x")
    assert problem["code"] == "way_not_allowed"
