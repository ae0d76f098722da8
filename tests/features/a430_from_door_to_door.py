"""A ride on demand that the region plans itself: found, quoted, bought, given back; and why there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.features import riding
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, VALLEY, clock
from tests.features.town import Json
from transit.models import Ride
from transit.ondemand.rules import BookingWindow, GroupFare

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def valley(market: Market, patient: None) -> Market:
    """A valley with one small bus that is called. It is nine on Monday."""
    market.publish(rail=riding.TRAIN)
    riding.release()
    return market


def reasons(market: Market, at: str, **wishes: str) -> list[Json]:
    """Why nothing is found from HOME to MALL."""
    asked = {"from": HOME, "to": MALL, "time": f"2026-11-24T{at}", "window": "0"} | ANY | wishes
    answer = market.get("plan", **asked)
    assert answer["itineraries"] == []
    found: list[Json] = answer["reasons"]
    return found


def test_what_is_quoted_is_sold(valley: Market) -> None:
    (found,) = valley.plan(HOME, MALL, "10:00", **ANY)
    (leg,) = found["legs"]
    facts = leg["ordering"]
    # 9.5 km at 30 km/h are 19 minutes; at most half as much and ten minutes more, and a quarter of an hour to be met
    assert (leg["mode"], clock(leg["start_at"]), clock(leg["end_at"])) == ("taxi", "10:00", "10:54")
    assert (clock(facts["pickup_from_at"]), clock(facts["pickup_until_at"])) == ("10:00", "10:15")
    assert (clock(facts["order_until_at"]), clock(facts["probable_end_at"])) == ("09:50", "10:19")
    assert (facts["live"], facts["price"]["minor"], facts["phone"]) == ("told", 300, "0100 100")
    # 2.00 and ten kilometres of 0.10
    assert valley.fares(HOME, MALL, "10:00", **ANY) == ["adult 3.00 = ticket 3.00 [0]"]

    offer = valley.post("offers", {"token": found["token"], "travellers": [{"category": "child"}]}, 201)
    assert offer["total"]["minor"] == 150, "a child pays half"
    code = valley.accept(offer)
    valley.pay(code)
    assert valley.work(code) == "COMPLETED charged 1.50: valley CONFIRMED; tickets ISSUED"
    (ride,) = Ride.objects.all()
    assert (ride.state, ride.load, ride.seller) == ("CONFIRMED", [1, 0, 0, 0], "self")
    (booking,) = valley.order(code)["bookings"]
    (ticket,) = booking["tickets"]
    assert ticket["ride_code"] == ride.code
    page = riding.text(valley.client.get(f"/tickets/{ticket['serial']}"))
    assert ride.code in page


def test_given_back_by_the_rules_of_conduct(valley: Market) -> None:
    code = valley.buy(HOME, MALL, "10:00", **ANY)
    quote = valley.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (0, 300), "free until an hour before"
    valley.clock.move_to("2026-11-24T07:30:00Z")
    quote = valley.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (150, 150), "then for half of it"
    valley.post(f"orders/{code}/cancellation", {"fee": quote["fee"]}, 202)
    assert valley.work(code) == "CANCELLED charged 1.50: valley CANCELLED; tickets VOID"
    assert [ride.state for ride in Ride.objects.all()] == ["CANCELLED"]


def test_what_is_not_paid_is_free_again(valley: Market) -> None:
    code = valley.accept(valley.ask(HOME, MALL, "10:00", **ANY))
    valley.work(code, until="NEEDS_ACTION")
    assert [ride.state for ride in Ride.objects.all()] == ["HELD"]
    valley.post(f"orders/{code}/cancellation", {}, 202)
    assert valley.work(code).startswith("FAILED")
    assert [ride.state for ride in Ride.objects.all()] == ["RELEASED"]


def test_nobody_is_shown_what_is_taken(valley: Market) -> None:
    three = {"travellers": "adult:3", **ANY}
    people = [{"category": "adult"}] * 3
    (found,) = valley.plan(HOME, MALL, "10:00", **three)
    (late,) = valley.plan(HOME, MALL, "10:00", **three)
    code = valley.accept(valley.post("offers", {"token": found["token"], "travellers": people}, 201))
    valley.work(code, until="NEEDS_ACTION")
    problem = valley.post("offers", {"token": late["token"], "travellers": people}, 409)
    assert problem["code"] == "itinerary_changed"
    (other,) = valley.plan(HOME, MALL, "10:00", **three)
    assert clock(other["legs"][0]["start_at"]) != "10:00", "the bus is full; it comes before or after"


def test_why_there_is_none(valley: Market) -> None:
    (reason, *_) = reasons(valley, "23:00")
    assert (reason["code"], reason["text"][:42]) == ("ride_closed", "Valley Rides does not run at this time. Th")
    assert reason["change"]["time"] == "2026-11-25T04:00:00Z"
    assert valley.plan(HOME, MALL, "06:00", day="2026-11-25", **ANY), "what is suggested works"
    (full, *_) = reasons(valley, "10:00", travellers="adult:4")
    assert full["code"] == "ride_full"
    beside = {"from": "60.165,24.850", "to": MALL, "time": "2026-11-24T10:00", "window": "0"} | ANY
    (outside, *_) = valley.get("plan", **beside)["reasons"]
    assert (outside["code"], outside["end"], outside["line"]) == ("outside_zone", "from", "Valley Rides")
    assert valley.plan(outside["change"]["from"], MALL, "10:00", **ANY)
    riding.release(replace(VALLEY, booking=BookingWindow(cutoff_days=1, cutoff_s=8 * 3600)))
    (late, *_) = reasons(valley, "10:00")
    assert (late["code"], late["change"]["time"][:10]) == ("ride_too_late", "2026-11-25")


def test_groups_and_those_who_help_them(valley: Market) -> None:
    free = replace(VALLEY.fares, groups=(*VALLEY.fares.groups, GroupFare("senior", 7500)))
    riding.release(replace(VALLEY, fares=free))
    asked = {"travellers": "senior:1,adult:1", "group": "needs", "purpose": "health", "companions": "1", **ANY}
    (found,) = valley.plan(HOME, MALL, "10:00", wheelchair="true", **asked)
    assert [fare["price"]["minor"] for fare in found["fares"]] == [75, 0]
    people = [{"category": "senior"}, {"category": "adult"}]
    code = valley.accept(valley.post("offers", {"token": found["token"], "travellers": people}, 201))
    valley.pay(code)
    assert valley.work(code) == "COMPLETED charged 0.75: valley CONFIRMED; tickets ISSUED, ISSUED"
    (ride,) = Ride.objects.all()
    assert (ride.load, ride.group, ride.purpose, ride.priority) == ([1, 1, 0, 0], "needs", "health", True)


def test_as_people_read_it(valley: Market) -> None:
    (found,) = valley.plan(HOME, MALL, "10:00", **ANY)
    ends = {"from_at": f"{HOME}~~Home", "to_at": f"{MALL}~~Mall", "when": "leave", "date": "2026-11-24",
            "time": "10:00"}  # fmt: skip
    cards = riding.text(valley.client.get("/journeys", ends))
    assert "You are met between 10:00 and 10:15" in cards
    assert "€3.00" in cards
    for language, said in (
        ("en", "You are met between 10:00 and 10:15. You are there at 10:54 at the latest, probably at about 10:19."),
        ("fi", "Sinut noudetaan klo 10.00–10.15."),
        ("ja", "10:00から10:15までの間にお迎えします。"),
    ):
        page = riding.text(
            valley.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": language})
        )
        assert said in page
    code = valley.buy(HOME, MALL, "10:00", **ANY)
    order = riding.text(valley.client.get(f"/orders/{code}"))
    assert "You are met between 10:00 and 10:15" in order
    assert Ride.objects.get().code in order


def test_an_offer_that_has_waited(valley: Market) -> None:
    offer = valley.ask(HOME, MALL, "10:00", **ANY)
    valley.clock.shift(16 * 60)
    assert valley.post("orders", {"offer": offer["code"]}, 410, key="late")["code"] == "offer_expired"
