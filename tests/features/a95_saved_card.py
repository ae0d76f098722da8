"""A card is saved once, with consent, and then pays without its number; only the bank may still ask."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bookings.models import SavedCard
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def market(market: Market) -> Market:
    market.publish(bus=BUS)
    market.sells("bus")
    user = get_user_model().objects.create_user("aino@maas.test")
    market.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return market


def save(market: Market, card: str) -> str:
    """Save a card on the provider's page; the key of the way to pay by it."""
    page = market.client.post("/cards", {"agreed": "yes"})
    back = market.use(page["location"], card)
    if back.startswith("/authenticate/"):
        back = market.approve(back)
    assert market.client.get(back)["location"] == "/cards"
    return f"stripe:{SavedCard.objects.latest('pk').code}"


def test_saved_once_and_paid_with_again(market: Market) -> None:
    way = save(market, "works")
    assert "visa 4242" in market.client.get("/cards").content.decode()
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert way in [each["key"] for each in offer["ways"]]
    assert "By your saved card visa 4242" in market.client.get(f"/offers/{offer['code']}").content.decode()
    code = market.accept(offer, pay_with=way)
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    assert market.money() == "captured 3.50, authorised 0.00, refunded 0.00"
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    assert market.work(code) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"


def test_the_bank_asks(market: Market) -> None:
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), pay_with=save(market, "confirm"))
    assert market.work(code, until="NEEDS_ACTION").startswith("NEEDS_ACTION charged 0.00")
    bank = urlsplit(market.order(code)["status"]["action_url"]).path
    assert market.approve(bank) == f"/orders/{code}"
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"


def test_nothing_is_saved_without_consent(market: Market) -> None:
    answer = market.client.post("/cards", {})
    assert answer.status_code == 409
    assert "Please agree first." in answer.content.decode()
    assert not SavedCard.objects.exists()


def test_forgotten_when_asked_and_never_a_stranger_s(market: Market) -> None:
    way = save(market, "works")
    code = way.removeprefix("stripe:")
    stranger = Client()
    stranger.force_login(
        get_user_model().objects.create_user("other@maas.test"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert stranger.post(f"/cards/{code}/remove").status_code == stranger.get(f"/cards/{code}").status_code == 404
    assert market.client.post(f"/cards/{code}/remove")["location"] == "/cards"
    assert "No card is saved." in market.client.get("/cards").content.decode()
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert market.post("orders", {"offer": offer["code"], "pay_with": way}, 409, key="x")["code"] == "way_not_allowed"


def test_the_provider_s_message_alone_brings_the_card(market: Market) -> None:
    page = market.client.post("/cards", {"agreed": "yes"})
    market.use(page["location"], "works")
    market.settle(until=lambda: SavedCard.objects.filter(state="ACTIVE").exists())
    assert "visa 4242" in market.client.get("/cards").content.decode()
