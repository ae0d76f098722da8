"""What luggage costs, and that a day costs no more than the rules say, whether rides are bought together or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model

from tests.features import riding
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, VALLEY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valley(market: Market, patient: None) -> Market:
    """A ride costs 3.00, a day 5.00 at most. Somebody has signed in."""
    market.publish(rail=riding.TRAIN)
    riding.release(replace(VALLEY, fares=replace(VALLEY.fares, cap_minor=500, day_cap_minor=500)))
    market.client.force_login(get_user_model().objects.create(email="aino@coast.example"))
    return market


def test_one_after_the_other(valley: Market) -> None:
    first = valley.buy(HOME, MALL, "10:00", **ANY)
    assert valley.order(first)["status"]["charged"]["minor"] == 300
    (found,) = valley.plan(MALL, HOME, "15:00", **ANY)
    offer = valley.post("offers", {"token": found["token"], "travellers": [{"category": "adult"}]}, 201)
    assert offer["total"]["minor"] == 200
    (other,) = valley.plan(MALL, HOME, "15:00", day="2026-11-25", **ANY)
    offer = valley.post("offers", {"token": other["token"], "travellers": [{"category": "adult"}]}, 201)
    assert offer["total"]["minor"] == 300, "another day"


def test_there_and_back(valley: Market) -> None:
    (there,) = valley.plan(HOME, MALL, "10:00", **ANY, bags="2")
    assert valley.fares(HOME, MALL, "10:00", **ANY, bags="2") == ["adult 4.00 = ticket 3.00 [0] + luggage 1.00 [0]"]
    (back,) = valley.plan(MALL, HOME, "15:00", **ANY, bags="2")
    asked = {"token": there["token"], "back_token": back["token"], "travellers": [{"category": "adult"}]}
    offer = valley.post("offers", asked, 201)
    assert offer["total"]["minor"] == 500
