"""Help with an order: a number to say, what happened in plain words, and what staff can do about it."""

import httpx
import pytest

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import Case
from tests.features.a27_cancelling import BUS, SEA
from tests.features.a107_statements import member
from tests.features.market import Market

pytestmark = pytest.mark.db
HOUR_S = 3600


@pytest.fixture
def code(market: Market) -> str:
    """Bus (10 % fee) and ferry, bought for tomorrow."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def test_a_question_has_a_number_and_gets_an_answer(market: Market, code: str) -> None:
    page = market.client.get(f"/orders/{code}").content.decode()
    assert f"/orders/{code}/help" in page
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "Everything was booked and your tickets were made." in page
    assert "We can look at it with you and answer you." in page
    for text in ("Where is the pier?", "Is there a lift?"):
        assert market.client.post(f"/orders/{code}/help", {"text": text}).status_code == 302
    case = Case.objects.get()
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert case.number in page
    assert page.index("Where is the pier?") < page.index("Is there a lift?")
    assert market.client.post(f"/orders/{code}/help", {"text": ""}).status_code == 200
    desk, operator = member("desk_agent"), member("operator_staff", "bus")
    assert operator.get(f"/orders/{code}/help").status_code == 404
    for address in ("/desk/cases", f"/desk/cases/{case.pk}"):
        assert operator.get(address).status_code == 404
    assert case.number in desk.get("/desk/cases").content.decode()
    assert "Is there a lift?" in desk.get(f"/desk/cases/{case.pk}").content.decode()
    desk.post(f"/desk/cases/{case.pk}", {"action": "close", "text": "Yes, beside the ticket hall."})
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "Our answer: Yes, beside the ticket hall." in page
    assert case.number not in desk.get("/desk/cases").content.decode()


def test_what_nobody_reads_without_a_key(market: Market, code: str) -> None:
    market.client.post(f"/orders/{code}/help", {"text": "Aino, Harbour Street 1"})
    assert "Aino" not in str(Case.objects.extra(select={"raw": "said"}).values_list("raw", flat=True).get())


def stuck(market: Market, code: str) -> Case:
    """Given back, and the ferry's system does not answer for hours."""
    market.fault("sea", kind="error_before", path="claim-redress", times=10_000)
    market.client.post(f"/orders/{code}/cancel", {"fee": "35"})
    for _ in range(3):
        tasks.sweep_orders()
        market.clock.shift(3 * HOUR_S)
    tasks.sweep_orders()
    assert market.order(code)["status"]["state"] == "MANUAL"
    return Case.objects.get()


def test_staff_has_it_tried_again(market: Market, code: str) -> None:
    case = stuck(market, code)
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "Something could not be finished by itself, so a person looks at it." in page
    assert "We can have the operators and the payment service asked again." in page
    desk = member("desk_agent")
    httpx.delete(f"{market.remotes['sea']}/_twin/faults", trust_env=False)
    desk.post(f"/desk/cases/{case.pk}", {"action": "retry"})
    assert market.work(code) == "CANCELLED charged 0.35: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    assert market.money() == "captured 7.70, authorised 0.00, refunded 7.35"
    assert Case.objects.get().resolution == "retry"
    assert "A person of ours had it tried again." in market.client.get(f"/orders/{code}/help").content.decode()
    again = desk.post(f"/desk/cases/{case.pk}", {"action": "retry"}, follow=True)
    assert "cannot be done any more" in again.content.decode()


def test_staff_pays_back_otherwise_what_came_back(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus", refund_fee_basis_points=1000)
    code = market.buy("bus:H", "bus:Q", "10:00", card="pm_card_refundFail")
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}}, 202)
    market.work(code)
    market.clock.shift(48 * HOUR_S)
    market.settle(until=lambda: Case.objects.exists())
    assert balance("rider_refund_payable", "EUR").minor == -315
    case = Case.objects.get()
    desk, staff = member("desk_agent"), member("platform_staff")
    done = {"action": "pay_back_otherwise", "text": "B-1"}
    desk.post(f"/desk/cases/{case.pk}", done)
    assert balance("rider_refund_payable", "EUR").minor == -315, "not the desk's to decide"
    for _ in range(2):
        staff.post(f"/desk/cases/{case.pk}", done)
    assert (balance("rider_refund_payable", "EUR").minor, balance("bank", "EUR").minor) == (0, -315)
    assert market.order(code)["status"]["charged"]["minor"] == 35
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "€3.15 could not be paid back in the way you paid." in page
    assert "A person of ours paid you back by bank transfer." in page
