"""Drivers take shifts of their operator, hand them over, and read of people only what they need, on the day alone."""

from __future__ import annotations

import pytest
import time_machine

from bookings.models import Contact, DriverAction, Order
from maas.accounts.models import Role
from tests.features.browser import Browser
from tests.features.riders import HILL, LAKE, MILL, Riders, text_of
from transit import tasks as transit_tasks
from transit.models import Ride
from transit.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)
AINO, EINO, PHONE = "Aino Kanerva", "Eino Salo", "+358401234567"


@pytest.fixture
def valley(monday: time_machine.Traveller) -> Riders:
    """Aino is met at ten, Eino in the afternoon; both have left their numbers."""
    found = Riders(clock=monday)
    found.buys(AINO, HILL, LAKE, "10:00")
    found.buys(EINO, MILL, LAKE, "14:00")
    for order in Order.objects.all():
        Contact.objects.create(order=order, tell_by="email", phone_sealed=seal(PHONE))
    return found


def test_taken_and_handed_over(valley: Riders) -> None:
    shift, other = valley.shift("v1"), valley.staff("driver", email="second@valley.example")
    page = text_of(valley.driver.get("/drive").content.decode())
    assert "You have taken no shift yet." in page
    assert "Bus 1" in page
    assert "Take this shift" in page
    assert valley.driver.get(f"/drive/{shift}").status_code == 404, "not before it is taken"
    assert valley.driver.post(f"/drive/{shift}/take").headers["Location"] == f"/drive/{shift}"
    assert "Driver One has it." in text_of(other.get("/drive").content.decode())
    assert other.post(f"/drive/{shift}/take").headers["Location"] == "/drive"
    assert "Somebody else has taken this shift." in text_of(other.get("/drive").content.decode())
    assert other.get(f"/drive/{shift}").status_code == 404
    assert valley.send(shift, [], who=other, status=404) == []

    valley.driver.post(f"/drive/{shift}/leave")
    assert other.post(f"/drive/{shift}/take").headers["Location"] == f"/drive/{shift}"
    assert valley.driver.get(f"/drive/{shift}").status_code == 404
    valley.goes_to("09:10")
    assert valley.does(shift, "begin") == "not_now", "the other one drives now"
    assert valley.does(shift, "begin", who=other) == "done"


def test_what_was_done_before_the_hand_over_still_counts(valley: Riders) -> None:
    shift = valley.takes()
    valley.goes_to("10:01")
    there = valley.now
    valley.goes_to("10:05")
    valley.driver.post(f"/drive/{shift}/leave")
    assert valley.does(shift, "arrive", AINO, at=there) == "done"
    assert valley.does(shift, "board", AINO, at=valley.at("10:06")) == "not_now"


def test_whose_shift_it_no_more_is_does_nothing_that_costs_others(valley: Riders) -> None:
    shift, other = valley.shift("v1"), valley.staff("driver", email="second@valley.example")
    other.post(f"/drive/{shift}/take")
    valley.goes_to("09:50")
    other.post(f"/drive/{shift}/leave")
    before = valley.at("09:45")
    for what in ("begin", "delay", "break_down", "end"):
        assert valley.does(shift, what, who=other, at=before, minutes=60) == "not_now", what
    assert valley.takes() == shift
    assert valley.does(shift, "break_down", who=other, at=before) == "not_now"
    valley.goes_to("10:15")
    assert valley.does(shift, "arrive", AINO, at=valley.at("09:40")) == "not_now", "the other one drove then"
    assert valley.does(shift, "arrive", AINO, at=valley.at("10:01")) == "done"
    valley.driver.post(f"/drive/{shift}/leave")
    assert valley.does(shift, "no_show", AINO, at=valley.at("10:12")) == "not_now"
    Role.objects.filter(kind="driver", user__email="driver@valley.example").delete()
    assert valley.send(shift, [], status=404) == [], "who drives for them no more"


def test_nobody_elses(valley: Riders) -> None:
    shift = valley.takes()
    for stranger in (valley.staff("driver", "elsewhere"), valley.staff("inspector"), valley.browsers[AINO]):
        assert stranger.get(f"/drive/{shift}").status_code == 404
        assert stranger.post(f"/drive/{shift}/take").status_code == 404
        assert stranger.post(f"/drive/{shift}/phone", {"reference": valley.references[AINO]}).status_code == 404
        assert valley.send(shift, [], who=stranger, status=404) == []
    other = valley.staff("driver", email="second@valley.example")
    assert other.post(f"/drive/{shift}/phone", {"reference": valley.references[AINO]}).status_code == 404


def test_who_rides_is_read_on_the_day_alone_and_noted(valley: Riders) -> None:
    shift = valley.takes()
    for _ in range(2):
        assert "Aino K." in valley.page(shift)
    seen = DriverAction.objects.filter(what="seen")
    assert set(seen.values_list("reference", flat=True)) == {valley.references[AINO], valley.references[EINO]}
    assert seen.count() == 2
    assert valley.clock is not None
    valley.clock.shift(24 * 3600)
    assert valley.driver.get(f"/drive/{shift}").status_code == 404


def test_where_somebody_rode_is_forgotten(valley: Riders) -> None:
    valley.books("Home", (60.1123, 24.8567), LAKE, "12:00")
    Ride.objects.update(group="senior", purpose="doctor")
    assert valley.clock is not None
    for days, kept in ((30, True), (1, False)):
        valley.clock.shift(days * 24 * 3600)
        transit_tasks.forget_rides()
        ride = Ride.objects.get(reference=valley.references["Home"])
        assert (ride.purpose, ride.group) == (("doctor", "senior") if kept else ("", ""))
        assert (ride.origin_lat == 60.11) is not kept
    assert ride.origin_lon == 24.86


def test_rung_up_only_while_it_is_due(valley: Riders) -> None:
    shift = valley.takes()
    ask = {"reference": f"{valley.references[AINO]}"}
    assert PHONE not in valley.page(shift)
    assert valley.driver.post(f"/drive/{shift}/phone", ask).status_code == 404, "an hour before"
    valley.goes_to("09:40")
    assert "Ring them up" in valley.page(shift)
    assert PHONE in valley.driver.post(f"/drive/{shift}/phone", ask).content.decode()
    assert DriverAction.objects.filter(what="phone", reference=valley.references[AINO]).count() == 1
    eino = {"reference": f"{valley.references[EINO]}"}
    assert valley.driver.post(f"/drive/{shift}/phone", eino).status_code == 404, "not before his"
    valley.goes_to("10:01")
    valley.does(shift, "arrive", AINO)
    valley.does(shift, "board", AINO)
    assert valley.driver.post(f"/drive/{shift}/phone", ask).status_code == 404, "she is aboard"


def test_without_a_script(valley: Riders) -> None:
    """The same by forms alone."""
    browser = Browser(valley.driver)
    browser.go("/drive")
    browser.press("Take this shift")
    browser.press("Begin the shift")
    valley.goes_to("10:01")
    browser.press("I am here")
    browser.press("Aboard", text="000000")
    assert "This is not the code of this ride." in browser.page.text
    browser.press("Aboard", text=valley.code_of(AINO))
    assert valley.ride(AINO).state == "BOARDED"
    valley.goes_to("10:20")
    browser.press("They have left")
    assert valley.ride(AINO).state == "DONE"
    browser.press("Begin a break")
    assert "on a break" in browser.page.text
    browser.press("End the break")
    browser.press("Hand the shift over to a colleague")
    assert "You have taken no shift yet." in browser.page.text


def test_late_by_minutes_is_told_to_those_it_matters_to(valley: Riders) -> None:
    shift = valley.takes()
    valley.goes_to("09:50")
    assert valley.does(shift, "delay", minutes=40) == "done"
    told = valley.mails(AINO)
    assert told == ["Your vehicle comes later than we promised"]
    assert valley.ride(AINO).told_at > valley.at("10:15")
    assert valley.mails(EINO) == [], "his is kept"


def test_led_by_other_maps(valley: Riders) -> None:
    shift = valley.takes()
    assert "geo:60.110000,24.850000" in valley.driver.get(f"/drive/{shift}").content.decode()
    valley.driver.post("/drive/maps", {"maps": "osm", "shift": shift})
    assert (
        "openstreetmap.org/directions?to=60.110000,24.850000" in valley.driver.get(f"/drive/{shift}").content.decode()
    )
