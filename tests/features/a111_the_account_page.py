"""The page of an operator's account: what its staff sees, and how the platform's staff notes a payout."""

import pytest
from django.test import Client

from tests.features.a107_statements import member
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db
PAGE = "/operators/bus/account"
THREE_DAYS_S = 3 * 24 * 3600


@pytest.fixture
def sold(market: Market) -> Market:
    market.publish(bus=BUS)
    market.sells("bus")
    market.buy("bus:H", "bus:Q", "10:00")
    return market


def page(browser: Client, query: str = "", status: int = 200) -> str:
    answer = browser.get(PAGE + query)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ")


def test_the_operators_staff_sees_the_month_so_far(sold: Market) -> None:
    own = member("operator_staff", "bus")
    shown = page(own)
    assert "1 November 2026 – 23 November 2026" in shown
    assert shown.count("€3.50") == 3, "sales, the end, and one movement"
    assert "€0.00" in shown
    assert "Note that it was paid" not in shown
    assert own.post(PAGE, {"minor": "350", "currency": "EUR", "bank_reference": "B-1"}).status_code == 404
    assert "within a year" in page(own, "?first_day=2026-11-02&last_day=2026-11-01&currency=EUR")
    page(sold.client, status=404)
    page(member("operator_staff", "sea"), status=404)


def test_the_platforms_staff_notes_what_was_paid(sold: Market) -> None:
    sold.clock.shift(THREE_DAYS_S)
    staff = member("platform_staff")
    assert "Note that it was paid" in page(staff)
    for form, words in (
        ({"minor": "349", "currency": "EUR", "bank_reference": "B-1"}, "Another amount is due."),
        ({"minor": "350", "currency": "EUR", "bank_reference": ""}, "its reference is missing"),
        ({"minor": "350", "currency": "EUR", "bank_reference": "B-1"}, "The payout was noted."),
    ):
        answer = staff.post(PAGE, form, follow=True)
        assert words in answer.content.decode()
    shown = page(staff)
    assert "Note that it was paid" not in shown
    assert "-€3.50" in shown
    assert "明細書" in staff.get(PAGE, headers={"accept-language": "ja"}).content.decode()
