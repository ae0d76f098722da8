"""The platform's own product: a service fee of the resident, a commission of each operator, both with their tax."""

from datetime import date

import pytest

from bookings.ledger.posting import balance
from bookings.models import PlatformFee
from tests.features.a106_receipts import receipts
from tests.features.a107_statements import MONDAY, member
from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def code(market: Market) -> str:
    """Bus (10 % fee for giving back) and ferry (free) for 7.70, and 0.50 for the platform, which takes 5 % of sales."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    PlatformFee.objects.create(
        currency="EUR", valid_from=date(2026, 11, 1), order_minor=50, commission_basis_points=500
    )
    PlatformFee.objects.create(operator_code="sea", currency="EUR", valid_from=date(2026, 11, 1))
    PlatformFee.objects.create(currency="EUR", valid_from=date(2026, 12, 1), order_minor=99)
    return market.buy("bus:H", "sea:I", "10:00")


def ledger(*accounts: str) -> dict[str, int]:
    return {account: balance(account, "EUR").minor for account in accounts}


def test_the_fee_is_shown_consented_to_charged_and_receipted(market: Market, code: str) -> None:
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert (offer["fee"]["minor"], offer["total"]["minor"]) == (50, 820)
    page = market.client.get(f"/offers/{offer['code']}").content.decode()
    assert "Service fee" in page
    assert "€8.20" in page
    assert market.money() == "captured 8.20, authorised 0.00, refunded 0.00"
    assert market.order(code)["status"]["charged"]["minor"] == 820
    last = receipts(market, code)[-1]
    assert (last["number"], last["seller"], last["gross"]["minor"]) == ("platform-1", "One way to travel", 50)
    assert (last["taxes"][0]["basis_points"], last["taxes"][0]["tax"]["minor"]) == (2550, 10)


def test_the_commission_is_taken_and_in_the_statement(market: Market, code: str) -> None:
    staff = member("operator_staff", "bus")
    found = staff.get(f"/api/v1/operators/bus/statement?{MONDAY}").json()
    assert [(each["kind"], each["amount"]["minor"]) for each in found["sums"]] == [("sale", 350), ("platform_fee", -18)]
    assert ledger("platform_fee", "platform_vat", "operator_payable:sea") == {
        "platform_fee": -(40 + 14),
        "platform_vat": -(10 + 4),
        "operator_payable:sea": -420,
    }


def test_who_gives_back_gets_back_all_but_the_fees(market: Market, code: str) -> None:
    quote = market.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (35 + 50, 735)
    market.client.post(f"/orders/{code}/cancel", {"fee": "85"})
    market.work(code)
    assert market.money() == "captured 8.20, authorised 0.00, refunded 7.35"
    assert ledger("psp_clearing", "operator_payable:bus", "operator_payable:sea", "rider_refund_payable") == {
        "psp_clearing": 85,
        "operator_payable:bus": -(35 - 2),
        "operator_payable:sea": 0,
        "rider_refund_payable": 0,
    }
    assert [each["number"] for each in receipts(market, code)] == [
        "bus-1", "sea-1", "platform-1", "bus-2", "sea-2",
    ]  # fmt: skip
