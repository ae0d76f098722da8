"""Another operator's minibuses (GOFS) that are ordered through its TOMP interface: asked, shown and sold here."""

from __future__ import annotations

import pytest

from maas.sandbox.gofs import Service as Vans
from maas.sandbox.gofs import create_app
from tests.features.a234_a_taxi_without_a_feed import RING
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, clock
from tests.servers import serve
from transit.journeys import asking
from transit.models import Interface, Operator, Service
from transit.tasks import read_service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
TRAIN = """
stop S 60.100 24.900 Station
stop C 60.300 24.900 City
every 60 until 22:00 line R rail S 5:00 C 5:30
"""
VANS = """
stop H 60.120 24.850 Home
stop M 60.110 24.980 Mall
every 20 until 22:00 line V bus H 6:07 M 6:37

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
van,7.00,EUR,1,
"""


@pytest.fixture
def vans(market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Vans that come at seven, twenty-seven and thirty-seven minutes past, if they come."""
    market.publish(rail=TRAIN)
    market.sells_itself("vans", VANS)
    monkeypatch.setattr(asking, "_ANSWERS", asking.Answers())
    service = Vans("Valley", RING, queries=())
    url, _ = market.doors.enter_context(serve(lambda own: create_app({"valley": service}, own)))
    market.settings.ALLOWED_LOOPBACK_ORIGINS = [*market.settings.ALLOWED_LOOPBACK_ORIGINS, url]
    operator = Operator.objects.get(code="vans")
    row = Interface.objects.create(operator=operator, name="vans", format="GOFS", url=f"{url}/valley/gofs.json")
    read_service(interface_id=row.pk)
    Service.objects.filter(operator=operator).update(agency_id="vans:Valley Ltd")
    return market


def test_what_is_offered_is_sold(vans: Market) -> None:
    (found,) = vans.plan(HOME, MALL, "10:00", **ANY)
    (leg,) = found["legs"]
    facts = leg["ordering"]
    assert (clock(leg["start_at"]), facts["live"], facts["price"]["minor"]) == ("10:07", "told", 700)
    code = vans.accept(vans.post("offers", {"token": found["token"], "travellers": [{"category": "adult"}]}, 201))
    vans.pay(code)
    assert vans.work(code) == "COMPLETED charged 7.00: vans CONFIRMED; tickets ISSUED"
    assert vans.packages("vans") == ["CONFIRMED"]


def test_who_offers_nothing_is_not_shown(vans: Market) -> None:
    assert vans.plan("60.140,24.900", MALL, "10:00", **ANY) == [], "no van goes from there"


def test_who_is_silent_is_named(vans: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    vans.fault("vans", path="search-offers", kind="error_before")
    monkeypatch.setattr(asking, "_ANSWERS", asking.Answers())
    (found,) = vans.plan(HOME, MALL, "10:00", **ANY)
    assert found["legs"][0]["ordering"]["live"] == "silent"
