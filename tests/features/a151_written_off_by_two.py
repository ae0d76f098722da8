"""A bank takes a payment back for good: two people let the platform bear what the operators do not."""

import pytest

from bookings.ledger.posting import balance
from bookings.models import Case, Dispute, Payment, WriteOff
from tests.features.a97_disputed import lever
from tests.features.a107_statements import member
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def case(market: Market) -> Case:
    """A lost dispute about a bus ticket of 3.50."""
    market.publish(bus=BUS)
    market.sells("bus")
    market.buy("bus:H", "bus:Q", "10:00")
    dispute = lever(market, payment_intent=Payment.objects.get().provider_ref or "")
    market.settle(until=lambda: Dispute.objects.exists())
    lever(market, id=dispute, outcome="lost")
    market.settle(until=lambda: Dispute.objects.filter(state="LOST").exists())
    return Case.objects.get()


def test_the_platform_bears_it(market: Market, case: Case) -> None:
    desk, first = member("desk_agent"), member("platform_staff")
    page = first.get(f"/desk/cases/{case.pk}").content.decode()
    assert "A bank has taken back" in page
    first.post(f"/desk/cases/{case.pk}", {"action": "pay_operators"})
    assert (balance("operator_withheld:bus", "EUR").minor, balance("operator_payable:bus", "EUR").minor) == (0, -350)
    wish = {"account": "disputed", "amount": "3.50", "currency": "EUR", "reason": "The card was stolen"}
    desk.post(f"/desk/cases/{case.pk}/write-offs", wish)
    row = WriteOff.objects.get()
    assert desk.post(f"/desk/write-offs/{row.pk}", {"decision": "approve"}).status_code == 404
    assert "Approve: we take this loss" in first.get(f"/desk/cases/{case.pk}").content.decode()
    loss = balance("platform_loss", "EUR").minor
    first.post(f"/desk/write-offs/{row.pk}", {"decision": "approve"})
    assert (balance("platform_loss", "EUR").minor, balance("disputed", "EUR").minor) == (loss + 350, 0)
    page = first.get(f"/desk/cases/{case.pk}").content.decode()
    assert "desk_agent-@example.com" in page
    assert "platform_staff-@example.com" in page
    assert "What was missing was written off." in page


def test_the_operators_bear_it(market: Market, case: Case) -> None:
    staff = member("platform_staff")
    for _ in range(2):
        staff.post(f"/desk/cases/{case.pk}", {"action": "operators_bear"})
    assert [balance(f"operator_{name}:bus", "EUR").minor for name in ("withheld", "payable")] == [0, 0]
    assert balance("disputed", "EUR").minor == 0


def test_nobody_decides_alone(market: Market, case: Case) -> None:
    staff = member("platform_staff")
    wish = {"account": "disputed", "amount": "3.50", "currency": "EUR", "reason": "The card was stolen"}
    too_much = staff.post(f"/desk/cases/{case.pk}/write-offs", wish | {"amount": "3.51"}, follow=True)
    assert "This is more than what is missing." in too_much.content.decode()
    staff.post(f"/desk/cases/{case.pk}/write-offs", wish)
    page = staff.get(f"/desk/cases/{case.pk}").content.decode()
    assert "Another person, who may approve losses, has to decide." in page
    row = WriteOff.objects.get()
    alone = staff.post(f"/desk/write-offs/{row.pk}", {"decision": "approve"}, follow=True)
    assert "You have proposed this. Another person has to decide." in alone.content.decode()
    assert (WriteOff.objects.get().state, balance("disputed", "EUR").minor) == ("PROPOSED", 350)
    assert member("operator_staff", "bus").post(f"/desk/cases/{case.pk}/write-offs", wish).status_code == 404
