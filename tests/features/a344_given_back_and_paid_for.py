"""After the sale: what comes back, what is owed, what help is asked for, and customers that a provider tells of."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bookings.ledger.posting import balance
from bookings.models import SupportTicket, Ticket
from tests.features.a107_statements import member
from tests.features.coast import BUS
from tests.features.company import Company, refused, stored
from tests.features.market import Market

pytestmark = pytest.mark.db
GIVE_BACK: Any = {"guarantee": "refund-when-cancelled", "option": "refund"}
DAY_S = 24 * 3600


@pytest.fixture
def company(market: Market, shared_specs: Path) -> Company:
    market.publish(bus=BUS)
    market.sells("bus", refund_fee_basis_points=1000, vat_basis_points=1000)
    return Company(shared_specs)


def entries(company: Company, **query: Any) -> list[Any]:
    return [each["properties"] for each in company.items("payments", **query)["features"]]


def test_given_back_by_the_operators_rule(company: Company) -> None:
    code = company.buy()
    summary = company.items("packages", packageId=code)["properties"]["summary"]
    assert summary["cancellation"]["fee"]["amount"] == 0.35
    (option,) = company.items("redress-options", packageId=code)["features"]
    assert option["properties"]["compensations"][0]["amount"] == 3.15
    assert refused(company.post("confirm-redress-option", 403, package=code, **GIVE_BACK)) == [6004], "claim it first"
    company.post("claim-redress-option", package=code, **GIVE_BACK)
    assert company.status(code) == "CONFIRMED"
    assert company.post("confirm-redress-option", package=code, **GIVE_BACK)["properties"]["status"] == "CANCELLED"
    assert company.post("confirm-redress-option", package=code, **GIVE_BACK)["properties"]["status"] == "CANCELLED"
    assert [ticket.state for ticket in Ticket.objects.all()] == ["VOID"]
    assert balance(f"provider_receivable:{company.row.code}", "EUR").minor == 35
    assert balance("operator_payable:bus", "EUR").minor == -35
    assert company.items("redress-options", packageId=code)["features"] == []


def test_corrected_at_once(market: Market, company: Company) -> None:
    code, old = company.buy(), company.buy()
    assert company.post("cancel-package", package=code)["properties"]["status"] == "CANCELLED"
    assert balance(f"provider_receivable:{company.row.code}", "EUR").minor == 350
    market.clock.shift(700)
    assert refused(company.post("cancel-package", 403, package=old)) == [3004]


def test_what_is_owed_is_seen_agreed_to_and_paid(market: Market, company: Company) -> None:
    code = company.buy()
    company.buy()
    office = member("platform_staff")
    found = company.items("payments", limit="1")
    assert (found["numberMatched"], found["numberReturned"]) == (2, 1)
    (entry, _) = entries(company)
    assert (entry["amount"], entry["taxPercentageUsed"], entry["vatCountryCode"]) == (3.5, 10.0, "FI")
    assert entry["customFields"]["package"] == code
    company.post("confirm-payment", 204, paymentId=entry["id"])
    company.post("confirm-payment", 204, paymentId=entry["id"])
    assert [each["state"] for each in entries(company)] == ["INVOICING", "TO_INVOICE"]
    assert [each["id"] for each in entries(company, invoiceState="INVOICING")] == [entry["id"]]
    assert entries(company, category="REFUND") == []
    assert entries(company, startTime="2027-01-01T00:00:00Z") == []
    due: Any = office.get("/api/v1/operators/bus/payouts?currency=EUR").json()
    assert due["due"] == [], "its provider has not paid yet, and the rides are to come"
    paid = f"/providers/{company.row.code}/paid"
    sent = {"minor": "700", "currency": "EUR", "bank_reference": "RF18"}
    assert company.client.post(paid, sent).status_code == 404
    assert "Owes" in office.get("/providers").content.decode()
    for minor in ("699", "700", "700"):
        office.post(paid, sent | {"minor": minor})
    assert [each["state"] for each in entries(company)] == ["INVOICED", "INVOICED"]
    assert (balance("bank", "EUR").minor, balance(f"provider_receivable:{company.row.code}", "EUR").minor) == (700, 0)
    assert office.get("/api/v1/operators/bus/payouts?currency=EUR").json()["due"] == []
    market.clock.shift(2 * DAY_S)
    company.client = company.system.client()
    assert company.status(code) == "SETTLED"
    due = office.get("/api/v1/operators/bus/payouts?currency=EUR").json()
    assert [each["amount"]["minor"] for each in due["due"]] == [350, 350]
    body = {"amount": {"minor": 700, "currency": "EUR"}, "bank_reference": "B-1"}
    market.post("operators/bus/payouts", body, 201, office)
    assert balance("operator_payable:bus", "EUR").minor == 0
    statement = office.get(
        "/api/v1/operators/bus/statement?first_day=2026-11-01&last_day=2026-11-30&currency=EUR"
    ).json()
    assert [line["kind"] for line in statement["lines"]] == ["sale", "sale", "payout", "payout"]


def test_one_providers_account_is_not_anothers(company: Company, shared_specs: Path) -> None:
    company.buy()
    other, (entry,) = Company(shared_specs, "Other Ltd"), entries(company)
    assert entries(other) == []
    assert refused(other.post("confirm-payment", 404, paymentId=entry["id"])) == [6204]
    company.base = "/tomp/v2/operators/bus"
    assert len(entries(company)) == 1


def test_help(market: Market, company: Company, shared_specs: Path) -> None:
    code = company.buy()
    asked: Any = {
        "type": "supportTicket",
        "supportType": "OTHER",
        "location": "bus:H",
        "timestamp": "2026-11-24T08:00:00Z",
        "context": {"leg": f"{code}.1"},
        "comment": "My customer Anna lost her hat",
    }
    made = company.post("request-support", **asked)
    assert (made["status"], made["comment"]) == ("ISSUE_REQUESTED", asked["comment"])
    office = Client()
    admin = get_user_model().objects.create_superuser("root@maas.test", "x" * 12)
    office.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    row = SupportTicket.objects.get()
    page = office.get(f"/admin/bookings/supportticket/{row.pk}/change/").content.decode()
    assert "lost her hat" in page
    assert b"hat" not in stored("bookings_supportticket", "said")
    sent = {"answer": "It waits at the harbour.", "new_state": "ISSUE_RESOLVED"}
    office.post(f"/admin/bookings/supportticket/{row.pk}/change/", sent)
    (found,) = company.items("support-tickets", packageId=code, legId=f"{code}.1")["features"]
    assert (found["properties"]["status"], found["properties"]["comment"]) == ("ISSUE_RESOLVED", sent["answer"])
    still = company.items("support-tickets", packageId=code, legId=f"{code}.1", supportTicketStatus="ISSUE_OPEN")
    assert still["features"] == []
    other = Company(shared_specs, "Other Ltd")
    assert refused(other.items("support-tickets", 404, packageId=code, legId=f"{code}.1")) == [5204]


def test_customers(company: Company, shared_specs: Path) -> None:
    path = "/tomp/v2/collections/customers/items"
    anna = {"id": "c 1", "firstName": "Anna", "email": "anna@example.org"}

    def send(method: str, url: str, body: Any, kind: str = "application/json") -> Any:
        return getattr(company.client, method)(url, body, content_type=kind, headers={"Accept-Language": "fi"})

    made = send("post", path, anna)
    assert (made.status_code, made["Content-Language"], made.json()["status"]) == (201, "fi-FI", "ACTIVE")
    assert send("post", path, {"id": "c 1"}).status_code == 200, "known already"
    account = company.get("/collections/customers/items/c 1")
    assert account["customer"] == anna
    patch = {"id": "c 1", "email": "a@example.org"}
    changed = send("patch", f"{path}/c 1", patch, "application/merge-patch+json").json()
    assert changed["customer"] == anna | patch
    assert b"Anna" not in stored("bookings_providercustomer", "said")
    other = Company(shared_specs, "Other Ltd")
    assert refused(other.get("/collections/customers/items/c 1", 404)) == [8204]
    assert send("patch", f"{path}/c 1", {"id": "c 2"}, "application/merge-patch+json").status_code == 400
    assert send("delete", f"{path}/c 1", None).status_code == 200
    assert refused(company.get("/collections/customers/items/c 1", 404)) == [8204]
    assert send("post", path, {"firstName": "Nobody"}).status_code == 400
