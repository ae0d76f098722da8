"""Operators are paid for rides that are over and that nobody disputes; noted once, the orders are settled."""

from typing import Any

import pytest
from django.test import Client

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import Bill, Case, Order, PlatformFee, WayToPay
from maas.accounts.models import Role, User
from tests.features.a97_disputed import lever
from tests.features.a107_statements import member
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from transit.money import Money

pytestmark = pytest.mark.db
THREE_DAYS_S = 3 * 24 * 3600


@pytest.fixture
def codes(market: Market) -> list[str]:
    """Bus and ferry bought three times; the second one given back."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    found = [market.buy("bus:H", "sea:I", "10:00") for _ in range(3)]
    market.client.post(f"/orders/{found[1]}/cancel", {"fee": "35"})
    market.work(found[1])
    return found


@pytest.fixture
def staff(db: None) -> Client:
    return member("platform_staff")


def due(staff: Client, operator: str) -> str:
    found = staff.get(f"/api/v1/operators/{operator}/payouts?currency=EUR").json()
    dues = sorted(each["amount"]["minor"] for each in found["due"])
    return f"{found['due_sum']['minor']} of {dues}; paid {[each['amount']['minor'] for each in found['payouts']]}"


def pay(market: Market, staff: Client, operator: str, minor: int, reference: str, status: int = 201) -> str:
    body = {"amount": {"minor": minor, "currency": "EUR"}, "bank_reference": reference}
    return str(market.post(f"operators/{operator}/payouts", body, status, staff).get("code", ""))


def states(codes: list[str]) -> list[str]:
    return [Order.objects.get(code=code).state for code in codes]


def test_only_what_is_over_is_paid_and_only_once(market: Market, codes: list[str], staff: Client) -> None:
    assert due(staff, "bus") == "35 of [35]; paid []", "the other rides are still to come"
    market.clock.shift(THREE_DAYS_S)
    assert due(staff, "bus") == "735 of [35, 350, 350]; paid []"
    assert pay(market, staff, "bus", 734, "B-1", 409) == "amount_differs"
    assert pay(market, staff, "bus", 735, "B-1") == ""
    assert pay(market, staff, "bus", 735, "B-1") == "", "noted twice, it is one payout"
    assert pay(market, staff, "bus", 1, "B-1", 409) == "reference_used"
    assert pay(market, staff, "bus", 735, "B-2", 409) == "nothing_due"
    assert due(staff, "bus") == "0 of []; paid [735]"
    assert (balance("operator_payable:bus", "EUR"), balance("bank", "EUR")) == (Money(0, "EUR"), Money(-735, "EUR"))
    assert states(codes) == ["COMPLETED", "SETTLED", "COMPLETED"], "the ferry is not paid yet; it kept nothing of one"
    pay(market, staff, "sea", 840, "S-1")
    assert states(codes) == ["SETTLED", "SETTLED", "SETTLED"]
    assert market.order(codes[0])["status"]["can_cancel"] is False
    assert market.client.get(f"/orders/{codes[0]}").status_code == 200
    lines = staff.get("/api/v1/operators/bus/statement?first_day=2026-11-23&last_day=2026-11-30").json()
    assert lines["sums"][-1] == {"kind": "payout", "amount": {"minor": -735, "currency": "EUR"}}
    assert lines["closing"]["minor"] == 0


def test_what_is_disputed_stays_out(market: Market, codes: list[str], staff: Client) -> None:
    market.clock.shift(THREE_DAYS_S)
    case = Case.objects.create(kind="dispute", order=Order.objects.get(code=codes[0]), opened_at="2026-11-23T12:00Z")
    assert due(staff, "bus") == "385 of [35, 350]; paid []"
    pay(market, staff, "bus", 385, "B-1")
    assert due(staff, "bus") == "0 of []; paid [385]"
    case.resolution = "won"
    case.save()
    assert due(staff, "bus") == "350 of [350]; paid [385]"


def test_operators_staff_may_look_and_not_note(market: Market, codes: list[str]) -> None:
    own = member("operator_staff", "bus")
    assert due(own, "bus") == "35 of [35]; paid []"
    assert pay(market, own, "bus", 35, "B-1", 404) == "not_found"
    assert pay(market, market.client, "bus", 35, "B-1", 404) == "not_found"
    user: Any = User.objects.create_user("gone@example.com", is_active=False)
    Role.objects.create(user=user, kind="platform_staff")
    assert not user.has_perm("bookings.note_payout", "bus")


def statement(staff: Client, operator: str) -> dict[str, int]:
    found = staff.get(f"/api/v1/operators/{operator}/statement?first_day=2026-11-23&last_day=2026-11-30").json()
    assert (
        found["opening"]["minor"] + sum(each["amount"]["minor"] for each in found["sums"]) == found["closing"]["minor"]
    )
    return {each["kind"]: each["amount"]["minor"] for each in found["sums"]}


def test_what_the_payment_provider_sent_on_is_not_paid_again(market: Market, staff: Client) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells("sea")
    PlatformFee.objects.create(
        operator_code="bus", currency="EUR", valid_from="2026-11-01", commission_basis_points=500
    )
    market.connect("bus")
    market.connect("sea")
    kept, given_back = (market.buy("bus:H", "sea:I", "10:00") for _ in range(2))
    market.settle(until=lambda: balance("psp_clearing", "EUR").minor == 2 * 18)
    assert statement(staff, "bus") == {"sale": 700, "platform_fee": -36, "transfer": -664}
    market.client.post(f"/orders/{given_back}/cancel", {"fee": "35"})
    market.work(given_back)
    assert statement(staff, "bus") == {"sale": 700, "cancellation": -315, "platform_fee": -20, "transfer": -365}
    tasks.settle_orders()
    assert states([kept, given_back]) == ["COMPLETED", "SETTLED"], "the other ride is still to come"
    market.clock.shift(THREE_DAYS_S)
    assert due(staff, "bus") == due(staff, "sea") == "0 of []; paid []"
    tasks.settle_orders()
    assert states([kept]) == ["SETTLED"]


def test_what_drivers_took_is_not_paid_again(market: Market, staff: Client) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea")
    for operator in ("bus", "sea"):
        WayToPay.objects.create(provider="cash", operator_code=operator, allowed=True)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"), pay_with="cash")
    market.work(code)
    market.clock.shift(THREE_DAYS_S)
    assert due(staff, "sea") == "0 of []; paid []", "the drivers have not noted yet what they took"
    for operator in ("bus", "sea"):
        bill = Bill.objects.get(operator_code=operator)
        assert member("driver", operator).post(f"/desk/bills/{bill.pk}/paid").status_code == 302
    assert statement(staff, "bus") == {"sale": 350, "cash": -350}
    assert due(staff, "sea") == "0 of []; paid []"
    tasks.settle_orders()
    assert states([code]) == ["SETTLED"]


def test_a_dispute_withholds_booking_by_booking(market: Market, codes: list[str], staff: Client) -> None:
    lever(market, payment_intent=Order.objects.get(code=codes[0]).payments.get().provider_ref or "")
    market.settle(until=lambda: Case.objects.exists())
    market.clock.shift(THREE_DAYS_S)
    assert statement(staff, "bus") == {"sale": 1050, "cancellation": -315, "withheld": -350}
    assert due(staff, "bus") == "385 of [35, 350]; paid []"
