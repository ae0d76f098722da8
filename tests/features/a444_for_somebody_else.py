"""An account orders for somebody else: asked and accepted, or entered at the counter; within limits, all noted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import tasks
from bookings.models import Delegation, Order, OrderTraveller, PlatformFee, Wallet
from bookings.services import wallets
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.switchboard import keep, text_of, town
from transit.money import Money

pytestmark = pytest.mark.django_db
LIMITS = {"limit": "7.00", "expires_on": "2027-06-30"}


@pytest.fixture
def desk(market: Market) -> Client:
    return town(market)


def somebody(name: str) -> Client:
    user = get_user_model().objects.create_user(f"{name}@maas.test", name=name.title())
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def funded(name: str, minor: int = 5000) -> str:
    """Somebody's travel money; the key of that way to pay."""
    person = get_user_model().objects.get(email=f"{name}@maas.test")
    clerk = get_user_model().objects.create_user(f"clerk.{name}@maas.test")
    wallets.top_up(person, Money(minor, "EUR"), f"key {name}", clerk, timezone.now())
    return f"wallet:{Wallet.objects.get(owner=person).code}"


def asked(daughter: Client, mother: Client) -> str:
    daughter.post("/my-file", {"email": "aino@maas.test"})
    code = Delegation.objects.get().code
    mother.post("/my-file", {"accept": code, **LIMITS})
    return code


def offered(market: Market, daughter: Client, code: str) -> str:
    """The address of an offer that the daughter has made for her mother."""
    market.client = daughter
    offer = market.ask("bus:H", "bus:Q", "10:00")
    page = daughter.get(f"/offers/{offer['code']}").content.decode()
    assert "Order this for somebody else" in page
    return str(daughter.post(f"/offers/{offer['code']}/for", {"delegation": code})["Location"])


def test_asked_accepted_and_paid_out_of_the_person_s_travel_money(market: Market, desk: Client) -> None:
    mother, daughter = somebody("aino"), somebody("liisa")
    way = funded("aino")
    daughter.post("/my-file", {"email": "aino@maas.test"})
    daughter.post("/my-file", {"email": "nobody@maas.test"})
    asked_both = text_of(daughter.get("/my-file"))
    assert asked_both.count("Asked to order for somebody") == 2, "the same whether there is an account or not"
    assert "€0.00" not in asked_both
    assert "Aino" not in text_of(daughter.get("/my-file")), "nobody is named before they have accepted"
    page = text_of(mother.get("/my-file"))
    assert "liisa@maas.test : asks to order for you" in page
    code = Delegation.objects.get().code
    assert daughter.post("/my-file", {"accept": code, **LIMITS}).status_code == 404, "nobody accepts for another"
    mother.post("/my-file", {"accept": code, **LIMITS})
    where = offered(market, daughter, code)
    answer = daughter.get(where)
    assert "You order this for Aino." in text_of(answer)
    answer = daughter.post(where, {"pay_with": way})
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.code}/pay"
    market.client = mother
    assert market.work(order.code).startswith("COMPLETED charged 3.50")
    assert order.owner.email == "aino@maas.test"  # type: ignore[union-attr]
    assert daughter.get(f"/orders/{order.code}").status_code == 200, "in the browser in which she ordered"
    page = text_of(mother.get("/my-file"))
    assert "A journey was ordered" in page
    assert "€3.50 spent this month" in page
    assert OrderTraveller.objects.get().made_by.email == "liisa@maas.test"  # type: ignore[union-attr]


def test_no_more_than_the_limit_of_a_month(market: Market, desk: Client) -> None:
    mother, daughter = somebody("aino"), somebody("liisa")
    way, code = funded("aino"), asked(daughter, mother)
    for _ in range(2):
        answer = daughter.post(offered(market, daughter, code), {"pay_with": way})
        assert answer.status_code == 302
    refused = daughter.post(offered(market, daughter, code), {"pay_with": way})
    assert refused.status_code == 409
    assert "That is more than may be spent for this person this month." in text_of(refused)
    own = daughter.post(offered(market, daughter, code), {"pay_with": "stripe"})
    assert own.status_code == 302, "her own money has no limit"
    market.clock.move_to("2026-12-01T08:00:00+00:00")
    assert "€0.00 spent this month" in text_of(mother.get("/my-file"))


def test_over_by_a_day_or_a_word(market: Market, desk: Client) -> None:
    mother, daughter = somebody("aino"), somebody("liisa")
    way, code = funded("aino"), asked(daughter, mother)
    where = offered(market, daughter, code)
    mother.post("/my-file", {"end": code})
    page = daughter.get(where)
    assert "You order this for" not in text_of(page)
    assert daughter.post(where, {"pay_with": way}).status_code == 409
    assert not Order.objects.exists()
    market.client = daughter
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert daughter.post(f"/offers/{offer['code']}/for", {"delegation": code}).status_code == 404
    assert somebody("thief").post(f"/offers/{offer['code']}/for", {"delegation": code}).status_code == 404


def test_entered_at_the_counter_by_whoever_has_seen_the_person(market: Market, desk: Client) -> None:
    daughter = somebody("liisa")
    phone = keep(desk)
    entry = {"email": "liisa@maas.test", "seen": "on", **LIMITS}
    desk.post(f"{phone}/delegates", entry)
    assert not Delegation.objects.exists(), "not on the phone"
    where = keep(staff_again := staff("desk_agent", "counter"), "Väinö Virtanen", "+358 50 765 4321", at="counter")
    for wrong in ({"seen": ""}, {"expires_on": "2030-01-01"}, {"email": "nobody@maas.test"}, {"limit": "-1"}):
        assert staff_again.post(f"{where}/delegates", {**entry, **wrong}).status_code == 422, wrong
    assert staff_again.post(f"{where}/delegates", {**entry, "sees": "on"}).status_code == 302
    tasks.tell_of_acts()
    assert mail.outbox == [], "a file without an address, and no gateway for text messages"
    own = {**entry, "email": "desk_agent.counter@maas.test"}
    assert "Nobody enters their own account here." in text_of(staff_again.post(f"{where}/delegates", own))
    page = text_of(staff_again.get(f"{where}/delegates"))
    assert "liisa@maas.test : until 30 June 2027, at most €7.00 in a month" in page
    assert "Väinö Virtanen : until 30 June 2027" in text_of(daughter.get("/my-file"))
    assert "Somebody was allowed to order" in text_of(staff_again.get(f"{where}/file"))
    code = Delegation.objects.get().code
    assert desk.post(f"{phone}/delegates", {"end": code}).status_code == 404, "another person's"
    staff_again.post(f"{where}/delegates", {"end": code})
    assert Delegation.objects.get().state == "ENDED"


def ordered_over_the_api(daughter: Client, where: str, way: str, status: int) -> dict[str, Any]:
    """The answer where the daughter's own program accepts the offer in the same browser."""
    body = {"offer": where.rsplit("/", 1)[1], "pay_with": way}
    answer = daughter.post("/api/v1/orders", body, "application/json", headers={"Idempotency-Key": f"key {where}"})
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def test_the_same_over_the_api_and_never_without_the_delegation(market: Market, desk: Client) -> None:
    mother, daughter = somebody("aino"), somebody("liisa")
    way, code = funded("aino"), asked(daughter, mother)
    order = ordered_over_the_api(daughter, offered(market, daughter, code), way, 201)
    assert Order.objects.get().owner.email == "aino@maas.test"  # type: ignore[union-attr]
    assert OrderTraveller.objects.get().delegation.code == code  # type: ignore[union-attr]
    ordered_over_the_api(daughter, offered(market, daughter, code), way, 201)
    assert ordered_over_the_api(daughter, offered(market, daughter, code), way, 409)["code"] == "limit_reached"
    late = offered(market, daughter, code)
    market.client = mother
    market.work(order["code"])
    pages = (f"/orders/{order['code']}", f"/orders/{order['code']}/pay", f"/api/v1/orders/{order['code']}")
    assert [daughter.get(page).status_code for page in pages] == [200, 302, 200]
    mother.post("/my-file", {"end": code})
    assert ordered_over_the_api(daughter, late, "stripe", 410)["code"] == "offer_expired"
    assert daughter.post(late, {"pay_with": "stripe"}).status_code == 409
    assert Order.objects.count() == 2
    assert [daughter.get(page).status_code for page in pages] == [404, 404, 404], "in the same browser"
    assert mother.get(pages[0]).status_code == 200


def test_a_delegation_ends_with_its_last_day(market: Market, desk: Client) -> None:
    mother, daughter = somebody("aino"), somebody("liisa")
    way, code = funded("aino"), asked(daughter, mother)
    daughter.post(offered(market, daughter, code), {"pay_with": way})
    page = f"/orders/{Order.objects.get().code}"
    assert daughter.get(page).status_code == 200
    market.clock.move_to("2027-07-01T08:00:00+00:00")
    tasks.tidy_customers()
    assert Delegation.objects.get().state == "ENDED"
    assert daughter.get(page).status_code == 404


def test_fees_of_what_is_given_back_count_as_spent(market: Market, desk: Client) -> None:
    PlatformFee.objects.create(currency="EUR", valid_from="2026-01-01", order_minor=100)
    mother, daughter = somebody("aino"), somebody("liisa")
    way, code = funded("aino"), asked(daughter, mother)
    daughter.post(offered(market, daughter, code), {"pay_with": way})
    order = Order.objects.get()
    market.client = mother
    market.work(order.code)
    assert "€4.50 spent this month" in text_of(mother.get("/my-file"))
    mother.post(f"/orders/{order.code}/cancel", {"fee": "100"})
    market.work(order.code)
    assert "€1.00 spent this month" in text_of(mother.get("/my-file"))
