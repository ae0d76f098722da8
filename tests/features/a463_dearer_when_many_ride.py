"""A ride on demand whose price follows demand, and of which a subsidy pays a part: real rules, real quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from bookings.ledger.posting import balance
from bookings.models import SubsidyBudget, SubsidyClaim
from bookings.services import concessions
from tests.features import riding
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, VALLEY
from tests.features.town import Json
from transit.ondemand.rules import AtCap, DynamicPricing, Purpose, RiderGroup, Rules, Subsidy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
PRICED = replace(
    VALLEY,
    pricing=DynamicPricing(max_discount_basis_points=2000, max_surcharge_basis_points=1000),
    groups=(
        RiderGroup("needs", "Needs help", needs_proof=True, proof=(("en", "A card"),), valid_days=365),
        RiderGroup("pupil", "Pupils", exempt=True),
    ),
    purposes=(Purpose("health", "Health", exempt=True), Purpose("shopping", "Shopping")),
)

WHOLE = replace(VALLEY.fares, groups=())


@pytest.fixture
def valley(market: Market, patient: None) -> Market:
    """Nobody has booked anything yet."""
    market.publish(rail=riding.TRAIN)
    return market


def priced(market: Market, rules: Rules = PRICED) -> None:
    riding.release(rules)
    assert market


def fares(market: Market, at: str, **wishes: Any) -> list[str]:
    return market.fares(HOME, MALL, at, **(ANY | wishes))


def test_cheaper_in_a_quiet_hour_and_dearer_in_a_busy_one(valley: Market) -> None:
    priced(valley)
    assert fares(valley, "10:00") == ["adult 2.40 = ticket 3.00 [0] + quiet -0.60 [0]"]
    code = valley.buy(HOME, MALL, "10:00", **ANY)
    assert valley.money() == "captured 2.40, authorised 0.00, refunded 0.00"
    (busy,) = fares(valley, "10:10")
    assert busy == "adult 3.30 = ticket 3.00 [0] + busy 0.30 [0]", "the only bus is asked for"
    (found,) = valley.plan(HOME, MALL, "10:10", **ANY)
    offer = valley.post("offers", {"token": found["token"], "travellers": [{"category": "adult"}]}, 201)
    assert [part["demand_basis_points"] for part in offer["parts"]] == [1000]
    page = riding.text(valley.client.get(f"/offers/{offer['code']}"))
    assert "Many want to ride now: 10 % more" in page
    assert "More, because many people want to ride then." in page
    assert "Quiet time: 20 % less" in riding.text(valley.client.get(f"/orders/{code}"))


@pytest.mark.parametrize("wishes", [{"purpose": "health"}, {"group": "pupil"}], ids=["medical", "school"])
def test_never_dearer_for_who_is_exempt(valley: Market, wishes: Json) -> None:
    priced(valley)
    valley.buy(HOME, MALL, "10:00", **ANY)
    assert fares(valley, "10:10", **wishes)[0].startswith("adult 3.00 ="), wishes
    assert fares(valley, "10:10", purpose="shopping")[0].startswith("adult 3.30 =")


def test_what_was_offered_stays(valley: Market) -> None:
    priced(valley)
    offer = valley.ask(HOME, MALL, "12:00", **ANY)
    assert offer["total"]["minor"] == 240
    valley.buy(HOME, MALL, "12:10", **ANY)
    code = valley.accept(offer)
    valley.pay(code)
    assert valley.work(code).startswith("COMPLETED charged 2.40")


def subsidised(**rule: Any) -> Rules:
    fields: dict[str, Any] = {"code": "half", "payer": "region:coast", "share_basis_points": 5000}
    return replace(VALLEY, fares=WHOLE, groups=PRICED.groups, subsidies=(Subsidy(**(fields | rule)),))


def signed_in(market: Market) -> int:
    person: Any = get_user_model().objects.create_user("rider@example.org")
    market.client.force_login(person)
    return int(person.pk)


def test_for_a_group_whose_proof_was_seen(valley: Market) -> None:
    priced(valley, subsidised(group="needs"))
    me = signed_in(valley)
    wishes = {"group": "needs", **ANY}
    assert valley.ask(HOME, MALL, "10:00", status=409, **wishes)["code"] == "no_right", "nobody has seen a proof"
    desk: Any = get_user_model().objects.create_user("desk@example.org")
    concessions.enrol(me, "coast", "needs", None, desk, date(2026, 11, 23), timezone.now())
    offer = valley.ask(HOME, MALL, "10:00", **wishes)
    assert (offer["total"]["minor"], offer["due"]["minor"]) == (300, 150)
    assert valley.ask(HOME, MALL, "10:00", **ANY)["due"]["minor"] == 300, "not as anybody else"
    code = valley.accept(offer)
    valley.pay(code)
    assert valley.work(code).startswith("COMPLETED charged 1.50")
    assert balance("region_subsidy:region:coast", "EUR").minor == 150
    claim = SubsidyClaim.objects.get(state="SETTLED")
    assert (claim.group, claim.person, claim.day, claim.budget.service_code) == (
        "needs", f"user:{me}", date(2026, 11, 24), "valley",
    )  # fmt: skip
    assert claim.budget.timezone == "Europe/Helsinki"


def test_one_s_right_is_not_the_whole_party_s(valley: Market) -> None:
    """The others of the party pay what they pay without the one who has the right."""
    priced(valley, subsidised(group="needs"))
    me = signed_in(valley)
    desk: Any = get_user_model().objects.create_user("desk@example.org")
    concessions.enrol(me, "coast", "needs", None, desk, date(2026, 11, 23), timezone.now())
    party = [{"category": "adult"}, {"category": "adult"}]
    (found,) = valley.plan(HOME, MALL, "10:00", travellers="adult:2", group="needs", **ANY)
    offer = valley.post("offers", {"token": found["token"], "travellers": party}, 201)
    assert (offer["total"]["minor"], offer["due"]["minor"]) == (600, 450)


def test_two_rides_a_month(valley: Market) -> None:
    priced(valley, subsidised(monthly_rides=2))
    assert valley.ask(HOME, MALL, "10:00", **ANY)["due"]["minor"] == 300, "a guest has no month"
    signed_in(valley)
    due = []
    for at in ("07:00", "10:00", "13:00"):
        offer = valley.ask(HOME, MALL, at, **ANY)
        due.append(offer["due"]["minor"])
        code = valley.accept(offer)
        valley.pay(code)
        valley.work(code)
    assert due == [150, 150, 300]


def test_the_next_in_the_queue(valley: Market) -> None:
    """The first gives the ride back within the free hours; the second gets the share, before it rides."""
    priced(valley, subsidised(yearly_minor=150, at_cap=AtCap.QUEUE))
    first = valley.buy(HOME, MALL, "10:00", **ANY)
    offer = valley.ask(HOME, MALL, "14:00", **ANY)
    assert offer["due"]["minor"] == 300
    second = valley.accept(offer)
    valley.pay(second)
    valley.work(second)
    valley.post(f"orders/{first}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    valley.work(first)
    valley.settle(lambda: valley.money().endswith("refunded 3.00"))
    assert valley.money() == "captured 4.50, authorised 0.00, refunded 3.00"
    row = SubsidyBudget.objects.get()
    assert (row.reserved_minor, row.spent_minor, row.waiting) == (0, 150, 0)
    assert valley.order(second)["status"]["charged"]["minor"] == 150
