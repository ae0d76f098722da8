"""An operator opens an account at the payment service; another person approves it; then its shares go there alone."""

from __future__ import annotations

import re

import httpx
import pytest
from django.test import Client

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import PayoutAccount
from tests.features.a98_operators_accounts import transfers
from tests.features.a107_statements import member
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from transit.models import Operator, Region

pytestmark = pytest.mark.db
PAGE = "/operators/bus/payouts"


@pytest.fixture
def market(market: Market) -> Market:
    market.publish(bus=BUS, sea=SEA)
    for name in ("bus", "sea"):
        market.sells(name)
    Operator.objects.filter(code="bus").update(region=Region.objects.get())
    return market


def said(browser: Client, path: str = PAGE) -> str:
    """The words of a page, in one line."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]))


def fill_in(market: Market, staff: Client, details: str) -> None:
    """From our page to the payment service's, where details are given, and back."""
    page = staff.post(f"{PAGE}/start")["location"]
    assert page.startswith(f"{market.stripe}/setup/e/acct_")
    assert httpx.get(page, trust_env=False).status_code == 200
    back = market.give(page, details)
    assert staff.get(back)["location"] == PAGE


def test_from_the_first_page_to_the_first_transfer(market: Market) -> None:
    staff, officer = member("operator_staff", "bus"), member("region_officer", "coast")
    code = market.buy("bus:H", "sea:I", "10:00")
    assert "We keep €3.50 for you." in said(staff)
    assert "Have ready" in said(staff)
    fill_in(market, staff, "later")
    assert "Your details are not complete yet." in said(staff)
    fill_in(market, staff, "checked")
    assert "is checking your details. You have nothing to do." in said(staff)
    market.clock.shift(61)
    market.settle(until=lambda: PayoutAccount.objects.get().state == "ENABLED")
    assert "an officer of your region, or our staff, has to approve" in said(staff)
    assert transfers(market) == []
    assert "Bus Ltd waits for approval" in said(officer, "/desk/payouts")
    assert officer.post(f"{PAGE}/decision", {"decision": "approve"}).status_code == 302
    market.settle(until=lambda: bool(transfers(market)))
    (sent,) = transfers(market)
    assert sent == f"{PayoutAccount.objects.get().account_ref} 3.50, back 0.00"
    assert "Your share of each payment goes to your account." in said(staff)
    assert "We keep" not in said(staff)
    assert balance("operator_payable:bus", "EUR").minor == 0
    assert market.order(code)["status"]["state"] == "COMPLETED"


def test_the_watch_alone_finishes_where_no_message_comes(market: Market) -> None:
    staff, officer = member("operator_staff", "bus"), member("region_officer", "coast")
    httpx.post(f"{market.stripe}/_twin/webhooks", json={"paused": True}, trust_env=False)
    market.buy("bus:H", "bus:Q", "10:00")
    fill_in(market, staff, "missing")
    assert "wants something more from you" in said(staff)
    assert officer.post(f"{PAGE}/decision", {"decision": "approve"}).status_code == 302
    market.steer_account(PayoutAccount.objects.get().account_ref or "", "enabled")
    market.settle()
    assert transfers(market) == []
    market.clock.shift(11 * 60)
    tasks.watch_payout_accounts()
    tasks.sweep_orders()
    assert len(transfers(market)) == 1


def test_what_is_stopped_or_not_connected_any_more_is_kept_here(market: Market) -> None:
    staff, officer = member("operator_staff", "bus"), member("platform_staff")
    fill_in(market, staff, "complete")
    officer.post(f"{PAGE}/decision", {"decision": "approve"})
    officer.post(f"{PAGE}/decision", {"decision": "stop"})
    market.buy("bus:H", "bus:Q", "10:00")
    market.settle()
    assert "Payouts to this account are stopped." in said(staff)
    officer.post(f"{PAGE}/decision", {"decision": "approve"})
    market.settle(until=lambda: len(transfers(market)) == 1)
    market.steer_account(PayoutAccount.objects.get().account_ref or "", "gone")
    market.settle(until=lambda: PayoutAccount.objects.get().state == "DISABLED")
    market.buy("bus:H", "bus:Q", "10:00")
    market.settle()
    assert len(transfers(market)) == 1
    assert "no longer connected" in said(staff)
    assert "We keep €3.50 for you." in said(staff)
    fill_in(market, staff, "complete")
    assert "has to approve the account" in said(staff), "another account is approved anew"


def test_each_does_their_own_part_and_strangers_nothing(market: Market) -> None:
    staff = member("operator_staff", "bus")
    strangers = [market.client, member("operator_staff", "sea"), member("region_officer", "inland"),
                 member("region_officer", "bus"), member("desk_agent"), member("driver", "bus")]  # fmt: skip
    for browser in strangers:
        assert browser.get(PAGE).status_code in (302, 404)
        assert browser.post(f"{PAGE}/start").status_code in (302, 404)
        assert browser.get(f"{PAGE}/back").status_code in (302, 404)
    assert market.client.get(PAGE)["location"].startswith("/accounts/login/")
    assert not PayoutAccount.objects.exists()
    assert member("region_officer", "coast").post(f"{PAGE}/start").status_code == 404
    fill_in(market, staff, "complete")
    for browser in [staff, *strangers]:
        browser.post(f"{PAGE}/decision", {"decision": "approve"})
        browser.post(f"{PAGE}/decision", {"decision": "stop"})
    row = PayoutAccount.objects.get()
    assert (row.approved_at, row.active) == (None, True)
    assert "Bus Ltd" not in said(member("region_officer", "hills"), "/desk/payouts")
    assert staff.get("/desk/payouts").status_code == 404
