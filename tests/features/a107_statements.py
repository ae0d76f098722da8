"""What an operator is due in a period: its own staff and the platform's see it, to the cent and without persons."""

import csv
import io

import pytest
from django.test import Client

from maas.accounts.models import Role, User
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.printed import text_of

pytestmark = pytest.mark.db

MONDAY = "first_day=2026-11-23&last_day=2026-11-23"


def member(kind: str, scope: str = "") -> Client:
    """The browser of somebody who works there."""
    user = User.objects.create_user(f"{kind}-{scope}@example.com")
    Role.objects.create(user=user, kind=kind, scope=scope)
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def sold(market: Market) -> list[str]:
    """Bus and ferry bought twice; once given back (the bus keeps 10 %, the ferry nothing)."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    codes = [market.buy("bus:H", "sea:I", "10:00") for _ in range(2)]
    market.client.post(f"/orders/{codes[1]}/cancel", {"fee": "35"})
    market.work(codes[1])
    return codes


def test_to_the_cent_for_each_operator(market: Market, sold: list[str]) -> None:
    staff = member("platform_staff")
    for operator, sums, closing in (("bus", [700, -315], 385), ("sea", [840, -420], 420)):
        found = staff.get(f"/api/v1/operators/{operator}/statement?{MONDAY}").json()
        assert [each["amount"]["minor"] for each in found["sums"]] == sums
        assert (found["opening"]["minor"], found["closing"]["minor"]) == (0, closing)
        assert sum(line["amount"]["minor"] for line in found["lines"]) == closing
        later = staff.get(f"/api/v1/operators/{operator}/statement?first_day=2026-11-24&last_day=2026-12-24").json()
        assert (later["opening"]["minor"], later["closing"]["minor"]) == (closing, closing)
    (line, *_) = found["lines"]
    assert (line["kind"], line["reference"]) == ("sale", f"{sold[0]}-2")


def test_for_a_spreadsheet_and_for_the_drawer(market: Market, sold: list[str]) -> None:
    staff = member("operator_staff", "bus")
    answer = staff.get(f"/api/v1/operators/bus/statement.csv?{MONDAY}")
    assert answer["Content-Disposition"] == 'attachment; filename="bus-2026-11-23-2026-11-23.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["kind"], row["to_operator"], row["from_operator"]) for row in rows] == [
        ("opening_balance", "0.00", ""),
        ("sale", "3.50", ""),
        ("sale", "3.50", ""),
        ("cancellation", "", "3.15"),
        ("closing_balance", "3.85", ""),
    ]
    for language, words in (
        ("fi", ["Tiliote", "Myynti", "7,00 €", "-3,15 €", "3,85 €"]),
        ("ja", ["明細書", "売上", "€3.85", "2026年11月23日"]),
    ):
        answer = staff.get(f"/api/v1/operators/bus/statement.pdf?{MONDAY}", headers={"accept-language": language})
        text = text_of(answer.content)
        for word in words:
            assert word in text, text


@pytest.mark.parametrize("path", ["statement", "statement.csv", "statement.pdf", "payouts"])
def test_nobody_else_learns_even_that_it_exists(market: Market, sold: list[str], path: str) -> None:
    query = f"{MONDAY}&currency=EUR"
    allowed = [member("operator_staff", "bus"), member("platform_staff")]
    strangers = [
        Client(), market.client, member("operator_staff", "sea"), member("platform_staff", "bus"),
        member("region_officer", "bus"), member("payer", "bus"),
    ]  # fmt: skip
    for browser in allowed:
        assert browser.get(f"/api/v1/operators/bus/{path}?{query}").status_code == 200
    for browser in strangers:
        assert browser.get(f"/api/v1/operators/bus/{path}?{query}").status_code == 404
        assert browser.get(f"/api/v1/operators/nobody/{path}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["", "first_day=2026-11-23", "first_day=2026-11-24&last_day=2026-11-23"])
def test_a_period_that_is_none(market: Market, query: str) -> None:
    market.sells("bus")
    answer = member("platform_staff").get(f"/api/v1/operators/bus/statement?{query}&currency=EUR")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
