"""Travel money: cash is paid in at a desk, journeys are paid out of it, and what is given back comes back to it."""

import pytest
from django.contrib.auth import get_user_model

from bookings.ledger.posting import balance
from bookings.models import TopUp, Wallet
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def market(market: Market) -> Market:
    market.publish(bus=BUS)
    market.sells("bus", refund_fee_basis_points=1000)
    user = get_user_model().objects.create_user("aino@maas.test")
    market.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return market


def pay_in(amount: str, key: str = "form 1", email: str = "aino@maas.test") -> str:
    desk = staff("desk_agent", key)
    fields = {"email": email, "amount": amount, "currency": "EUR", "key": key}
    answer = desk.post("/desk/travel-money", fields, follow=True)
    for _ in range(2):  # the form is sent again
        desk.post("/desk/travel-money", fields)
    return answer.content.decode()


def test_paid_in_spent_and_given_back(market: Market) -> None:
    assert "20.00 EUR taken. Receipt T-2026-000001." in pay_in("20.00")
    assert TopUp.objects.count() == 1
    way = f"wallet:{Wallet.objects.get().code}"
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert offer["ways"][1] == {
        "key": way, "provider": "wallet", "enough": True, "left": {"minor": 2000, "currency": "EUR"},
    }  # fmt: skip
    assert "You have €20.00." in market.client.get(f"/offers/{offer['code']}").content.decode()
    code = market.accept(offer, pay_with=way)
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    assert "Your travel money: €16.50." in market.client.get("/tickets").content.decode()
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}}, 202)
    assert market.work(code) == "CANCELLED charged 0.35: bus CANCELLED; tickets VOID"
    assert "Your travel money: €19.65." in market.client.get("/tickets").content.decode()
    assert balance("wallet_clearing", "EUR").minor == balance("rider_refund_payable", "EUR").minor == 0
    assert balance("desk_cash", "EUR").minor == 2000


def test_too_little_is_said_before_and_reserved_money_is_not_spent_twice(market: Market) -> None:
    pay_in("5.00")
    way = f"wallet:{Wallet.objects.get().code}"
    first, second = (market.ask("bus:H", "bus:Q", "10:00") for _ in range(2))
    codes = [market.accept(offer, pay_with=way) for offer in (first, second)]
    ends = sorted(market.work(code) for code in codes)
    assert ends[0].startswith("COMPLETED charged 3.50")
    assert ends[1] == "FAILED (declined) charged 0.00: bus RELEASED"
    third = market.ask("bus:H", "bus:Q", "10:00")
    assert third["ways"][1]["enough"] is False
    page = market.client.get(f"/offers/{third['code']}").content.decode()
    assert "You have €1.50. That is not enough for this journey." in page


def test_only_desks_take_money_and_only_for_people_there_are(market: Market) -> None:
    assert "Nobody has an account with this e-mail address." in pay_in("5.00", email="nobody@maas.test")
    assert "This amount cannot be taken." in pay_in("500.01", "form 2")
    for stranger in (staff("driver", "bus"), market.client):
        assert stranger.get("/desk/travel-money").status_code == 404
    assert not TopUp.objects.exists()
    assert not Wallet.objects.exists()


def test_a_stranger_s_wallet_is_no_way_to_pay(market: Market) -> None:
    pay_in("5.00")
    way = f"wallet:{Wallet.objects.get().code}"
    market.client.logout()
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert market.post("orders", {"offer": offer["code"], "pay_with": way}, 409, key="x")["code"] == "way_not_allowed"
