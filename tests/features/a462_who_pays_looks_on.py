"""The payer and the region see what became of their money: used, where it leads, by month and group, never a person."""

from __future__ import annotations

import csv
import io

import pytest
from django.core import mail
from django.test import Client

from bookings.ledger.posting import balance
from bookings.models import Order, SubsidyBudget
from bookings.tasks import watch_budgets
from maas.accounts.tasks import send_letters
from tests.features import funded
from tests.features.a107_statements import member
from tests.features.market import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def pk(market: Market) -> int:
    """Six seniors and two pupils have ridden; a senior has given it back. 1.75 each, of 14.00."""
    funded.open_market(market)
    codes = [funded.buy(market, person=f"user:{number}", yearly_minor=1400) for number in range(6)]
    for number in (7, 8):
        funded.buy(market, person=f"user:{number}", group="pupil", purpose="school", yearly_minor=1400)
    market.client.post(f"/orders/{codes[0]}/cancel", {"fee": "35"})
    market.work(codes[0])
    return SubsidyBudget.objects.get().pk


def rows(browser: Client, pk: int) -> list[dict[str, str]]:
    answer = browser.get(f"/subsidies/{pk}/audit.csv")
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


MAY = (("payer", "region:coast"), ("region_officer", "coast"), ("region_officer", ""), ("platform_staff", ""))
NOT = (("payer", "region:hills"), ("region_officer", "hills"), ("operator_staff", "bus"), ("desk_agent", ""))


def test_who_may_look(market: Market, pk: int) -> None:
    for kind, scope in MAY:
        browser = member(kind, scope)
        assert "call · half" in browser.get("/subsidies").content.decode(), (kind, scope)
        page = browser.get(f"/subsidies/{pk}").content.decode()
        assert "€12.25 of €14.00 is used (87 %)" in page
        assert "riders see the full price" in page
        assert "Several groups together" in page
    for kind, scope in NOT:
        browser = member(kind, scope)
        assert "call · half" not in browser.get("/subsidies").content.decode(), (kind, scope)
        for address in (f"/subsidies/{pk}", f"/subsidies/{pk}/audit.csv"):
            assert browser.get(address).status_code == 404, (kind, scope)
            assert Client().get(address).status_code in {302, 404}


def test_the_audit_is_what_the_ledger_says(market: Market, pk: int) -> None:
    """Two pupils are too few to be told apart, and so are the seniors then: they could be read off the whole."""
    (line,) = rows(member("payer", "region:coast"), pk)
    assert line == {
        "payer": "region:coast", "month": "2026-11", "service": "call", "group": "not_broken_down",
        "purpose": "not_broken_down", "rides": "8", "given": "14.00", "taken_back": "1.75", "owed": "12.25",
        "currency": "EUR",
    }  # fmt: skip
    assert balance("region_subsidy:region:coast", "EUR").minor == 1225


def test_groups_that_are_large_enough_are_told_apart(market: Market, pk: int) -> None:
    for number in range(9, 12):
        funded.buy(market, person=f"user:{number}", group="pupil", purpose="school", yearly_minor=5000)
    found = rows(member("payer", "region:coast"), pk)
    assert [(line["group"], line["purpose"], line["rides"], line["owed"]) for line in found] == [
        ("pupil", "school", "5", "8.75"),
        ("senior", "any", "6", "8.75"),
    ]
    text = member("region_officer", "coast").get(f"/subsidies/{pk}/audit.csv").content.decode()
    assert not any(code in text for code in Order.objects.values_list("code", flat=True))
    assert "user:" not in text


def test_of_few_people_nothing_is_told(market: Market) -> None:
    """Neither in the spreadsheet nor by month; guests may all be the same one."""
    funded.open_market(market)
    for person in ("user:1", "user:2", "user:3", "", "", ""):
        funded.buy(market, person=person)
    budget = SubsidyBudget.objects.get()
    payer = member("payer", "region:coast")
    assert rows(payer, budget.pk) == []
    page = payer.get(f"/subsidies/{budget.pk}").content.decode()
    assert "By month of the ride" not in page
    for person in ("user:4", "user:5"):
        funded.buy(market, person=person)
    (line,) = rows(payer, budget.pk)
    assert (line["group"], line["rides"]) == ("senior", "8")
    assert "By month of the ride" in payer.get(f"/subsidies/{budget.pk}").content.decode()


def test_told_before_it_is_used_up(market: Market, pk: int) -> None:
    member("region_officer", "coast")
    member("payer", "region:coast")
    member("region_officer", "hills")
    watch_budgets()
    send_letters()
    watch_budgets()
    send_letters()
    assert sorted(each.to[0] for each in mail.outbox) == [
        "payer-region:coast@example.com", "region_officer-coast@example.com",
    ]  # fmt: skip
    assert mail.outbox[0].subject == "80 % tuen half vuoden 2026 määrärahasta on käytetty"
    funded.buy(market, person="user:9", yearly_minor=1400)
    watch_budgets()
    send_letters()
    assert [each.subject for each in mail.outbox[2:]] == ["Tuen half vuoden 2026 määräraha on käytetty"] * 2
