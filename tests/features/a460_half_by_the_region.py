"""The region pays half of a ride: it is said before one pays, receipted with the whole tax, and taken back with it."""

from __future__ import annotations

import pytest

from bookings.ledger.posting import balance
from bookings.models import SubsidyBudget
from tests.features import funded
from tests.features.a106_receipts import receipts
from tests.features.a107_statements import member
from tests.features.market import Market

pytestmark = pytest.mark.db
LEDGER = "region_subsidy:region:coast"


def used() -> tuple[int, int]:
    row = SubsidyBudget.objects.get()
    return row.reserved_minor, row.spent_minor


def test_what_one_pays_is_what_is_said(market: Market) -> None:
    funded.open_market(market)
    offer = funded.ask(market, yearly_minor=1000)
    assert (offer["total"]["minor"], offer["due"]["minor"]) == (350, 175)
    page = market.client.get(f"/offers/{offer['code']}").content.decode()
    assert "You pay" in page
    assert "Subsidy of the region" in page
    assert "Pay €1.75" in page
    code = market.accept(offer)
    assert used() == (175, 0)
    market.pay(code)
    market.work(code)
    assert used() == (0, 175)
    assert market.money() == "captured 1.75, authorised 0.00, refunded 0.00"


def test_the_tax_is_that_of_the_whole_fare(market: Market) -> None:
    funded.open_market(market)
    code = funded.buy(market)
    (paper,) = receipts(market, code)
    (tax,) = paper["taxes"]
    assert (paper["gross"]["minor"], tax["gross"]["minor"]) == (350, 350)
    assert tax["net"]["minor"] + tax["tax"]["minor"] == 350
    assert [(each["payer"], each["amount"]["minor"]) for each in paper["payers"]] == [
        ("resident", 175),
        ("region:coast", 175),
    ]


def test_given_back_the_budget_has_it_again(market: Market) -> None:
    funded.open_market(market)
    code = funded.buy(market, yearly_minor=175)
    assert funded.ask(market, yearly_minor=175)["due"]["minor"] == 350, "the budget is used up"
    market.client.post(f"/orders/{code}/cancel", {"fee": "35"})
    market.work(code)
    assert (used(), balance(LEDGER, "EUR").minor) == ((0, 0), 0)
    assert market.money() == "captured 1.75, authorised 0.00, refunded 1.40", "the fee is the resident's"
    assert funded.ask(market, yearly_minor=175)["due"]["minor"] == 175


def test_not_paid_the_budget_has_it_again(market: Market) -> None:
    funded.open_market(market)
    code = market.accept(funded.ask(market, yearly_minor=1000))
    market.work(code, until="NEEDS_ACTION")
    market.client.post(f"/orders/{code}/give-up")
    market.work(code)
    assert (used(), balance(LEDGER, "EUR").minor) == ((0, 0), 0)


def test_two_accept_the_last_money(market: Market) -> None:
    funded.open_market(market)
    mine, theirs = (funded.ask(market, yearly_minor=200) for _ in range(2))
    assert mine["due"]["minor"] == theirs["due"]["minor"] == 175
    market.accept(mine)
    refused = market.post("orders", {"offer": theirs["code"]}, 409, key="the other")
    assert refused["code"] == "subsidy_changed"
    assert used() == (175, 0)


def test_a_ride_that_costs_nothing(market: Market) -> None:
    funded.open_market(market)
    offer = funded.ask(market, share_basis_points=10_000)
    assert "Book without payment" in market.client.get(f"/offers/{offer['code']}").content.decode()
    market.work(market.accept(offer))
    assert balance(LEDGER, "EUR").minor == 350


def test_no_more_rides_this_month(market: Market) -> None:
    funded.open_market(market)
    for expected in (175, 175, 350):
        offer = funded.ask(market, monthly_rides=2)
        assert offer["due"]["minor"] == expected
        code = market.accept(offer)
        market.pay(code)
        market.work(code)
    assert funded.ask(market, monthly_rides=2, person="user:2")["due"]["minor"] == 175
    assert funded.ask(market, monthly_rides=2, person="")["due"]["minor"] == 350, "whom nobody knows has no month"


def test_another_payer_in_the_middle_of_a_year(market: Market) -> None:
    """The new one has a whole budget, which binds; the one before still owes what was given before."""
    funded.open_market(market)
    funded.buy(market, person="user:1", yearly_minor=175)
    for person in ("user:2", "user:3"):
        funded.buy(market, person=person, yearly_minor=175, payer="city:quay")
    spent = SubsidyBudget.objects.values_list("payer", "spent_minor", "reserved_minor")
    assert sorted(spent) == [("coast/city:quay", 175, 0), ("region:coast", 175, 0)]
    assert balance("region_subsidy:coast/city:quay", "EUR").minor == 175
    assert balance("region_subsidy:region:coast", "EUR").minor == 175


def test_payers_of_one_name_in_two_regions(market: Market) -> None:
    """Neither pays for the other, nor sees what the other gives; nor does who names another region's payer."""
    funded.open_market(market)
    for region in ("coast", "hills"):
        funded.buy(market, region=region, payer="City")
    funded.buy(market, region="hills", payer=funded.REGION)
    for account in ("coast/City", "hills/City", f"hills/{funded.REGION}"):
        assert balance(f"region_subsidy:{account}", "EUR").minor == 175
    assert balance(f"region_subsidy:{funded.REGION}", "EUR").minor == 0
    mine = SubsidyBudget.objects.get(payer="coast/City")
    browser = member("payer", "coast/City")
    page = browser.get(f"/subsidies/{mine.pk}").content.decode()
    assert "City" in page
    assert "coast/City" not in page
    officer = member("payer", funded.REGION)
    for other in SubsidyBudget.objects.exclude(pk=mine.pk):
        assert browser.get(f"/subsidies/{other.pk}").status_code == 404
        assert officer.get(f"/subsidies/{other.pk}").status_code == 404
