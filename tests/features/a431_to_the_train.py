"""A ride on demand to the train or from it: it is there in time by what is promised, and all is sold or nothing."""

from __future__ import annotations

import pytest

from tests.features import riding
from tests.features.market import Market
from tests.features.riding import ANY, CITY, HOME, MALL, TRAIN, clock
from transit.models import Ride

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def valley(market: Market, patient: None) -> Market:
    """A valley with a small bus that is called to the station, and a railway that sells its tickets itself."""
    market.publish(rail=TRAIN)
    market.sells_itself("rail", TRAIN)
    riding.release()
    return market


def states() -> list[str]:
    """Of the rides, in the order in which they were held."""
    return [ride.state for ride in Ride.objects.order_by("pk")]


def test_there_in_time_by_what_is_promised(valley: Market) -> None:
    (found,) = valley.plan(HOME, CITY, "10:00", **ANY)
    ride, train = found["legs"]
    assert (ride["end"]["stop_id"], clock(train["start_at"])) == ("rail:S", "11:00")
    assert clock(ride["end_at"]) <= "10:55", "five minutes before the train"
    # 2.00 and five begun kilometres, less 1.00 beside a train that is sold here
    assert [fare["price"]["minor"] for fare in found["fares"]] == [500, 150]
    (home,) = valley.plan(CITY, MALL, "10:00", **ANY)
    train, ride = home["legs"]
    assert clock(train["end_at"]) <= clock(ride["ordering"]["pickup_from_at"])
    offer = valley.post("offers", {"token": home["token"], "travellers": [{"category": "adult"}]}, 201)
    code = valley.accept(offer)
    valley.pay(code)
    assert valley.work(code) == "COMPLETED charged 6.60: rail CONFIRMED, valley CONFIRMED; tickets ISSUED, ISSUED"
    assert (states(), valley.packages("rail")) == (["CONFIRMED"], ["CONFIRMED"])
    # One way is changed for another: the new ride is bought first, then the old one is given back.
    page = riding.text(valley.client.get(f"/orders/{code}/change", {"date": "2026-11-24", "time": "12:00"}))
    assert "Valley Rides" in page


def test_the_railway_refuses_what_was_paid(valley: Market) -> None:
    code = valley.accept(valley.ask(HOME, CITY, "10:00", **ANY))
    valley.fault("rail", path="confirm-purchase", kind="reject")
    valley.pay(code)
    assert valley.work(code).startswith("FAILED (confirm_rejected) charged 0.00")
    assert states() in (["RELEASED"], ["CANCELLED"])
    assert valley.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_the_train_is_sold_out(valley: Market) -> None:
    code = valley.accept(valley.ask(HOME, CITY, "10:00", **ANY))
    valley.fault("rail", path="purchase-offers", kind="sold_out")
    assert valley.work(code).startswith("FAILED (sold_out) charged 0.00")
    assert states() == ["RELEASED"]


def test_there_and_back(valley: Market) -> None:
    (there,) = valley.plan(HOME, CITY, "10:00", **ANY)
    (back,) = valley.plan(CITY, HOME, "15:00", **ANY)
    asked = {"token": there["token"], "back_token": back["token"], "travellers": [{"category": "adult"}]}
    code = valley.accept(valley.post("offers", asked, 201))
    valley.pay(code)
    assert valley.work(code).startswith("COMPLETED")
    assert states() == ["CONFIRMED", "CONFIRMED"]
