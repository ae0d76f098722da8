"""History, and what one version has otherwise than another, in words."""

from __future__ import annotations

import pytest

from tests.features.office import Office
from tests.features.town import Town
from transit.models import RegionChange, RuleSet, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(town: Town) -> Office:
    return Office()


def test_what_changes(office: Office) -> None:
    first = office.set_up()
    second = office.send("services/valley-ride", "")
    number = first.rsplit("/", 1)[1]
    assert "Both are the same." in office.page(f"{second}/compare/{number}")
    office.send(f"{second}/fares", "save", base_minor="3.50")
    office.send(f"{second}/hours/0", "save", end_s="25:10")
    office.send(f"{second}/zones/0", "save", rings="60.09, 24.80\n60.09, 25.01\n60.16, 25.01\n60.16, 24.80")
    office.send(f"{second}/vehicles/0", "save", name="Bus 2")
    office.send(f"{second}/vehicles/new", "save", name="Taxi", lat="60.1", lon="24.9")
    page = office.page(f"{second}/compare/{number}")
    for each in (
        "Basic price of a ride Version 1 €0.00 Version 2 €3.50",
        "Rides are over by Version 1 22:00 Version 2 25:10",
        "Bus 2: Name of the vehicle Version 1 Bus 1 Version 2 Bus 2",
        "Taxi: new Version 2",
        "Valley: Corners of the border Version 1 4 corners,",
    ):
        assert each in page, page
    assert "Longest wait" not in page
    back = office.page(f"{first}/compare/{second.rsplit('/', 1)[1]}")
    assert "Taxi: left out" in back


def test_history(office: Office) -> None:
    first = office.set_up()
    office.submit(first, "2026-11-23", "It begins")
    second = Office("second")
    second.send(first, "release")
    again = office.send("services/valley-ride", "")
    office.submit(again, "2026-12-01", "Dearer")
    second.send(again, "release")
    given_up = office.send("services/valley-ride", "")
    office.send(given_up, "discard")
    page = office.page("services/valley-ride")
    assert "Holds now Version 1 from 23 November 2026" in page
    assert "Will hold Version 2 from 1 December 2026" in page
    assert "No draft." in page
    assert "History Version 3 Given up" in page
    assert "What changes against the version that holds now" in office.page(again)
    office.send(again, "withdraw")
    page = office.page("services/valley-ride")
    assert "Will hold" not in page
    assert RuleSet.objects.get(number=2).state == "RETIRED"
    assert "taken back · officer@coast.example" in office.page(again)


def test_like_another_service(office: Office) -> None:
    first = office.set_up()
    other = office.send("regions/coast/new", name="Hill Ride", operator_code=Service.objects.get().operator.code)
    assert "Still to do" in office.page(other)
    copied = office.send("services/hill-ride", "", like=first.rsplit("/", 1)[1])
    assert "Nothing is missing." in office.page(copied)
    office.client.post("/on-demand/services/hill-ride", {"like": "999"})
    assert RuleSet.objects.count() == 3


def test_a_region(office: Office) -> None:
    office.send("regions/coast", "", languages="fi en ja", holidays="2026-12-06 Itsenäisyyspäivä | Independence Day\n",
                box="24, 60, 26, 61")  # fmt: skip
    change = RegionChange.objects.get()
    assert sorted(change.fields) == ["bounds", "holidays", "languages"]
    version = office.set_up()
    office.send(f"{version}/special_days", "holidays")
    assert "Itsenäisyyspäivä" in office.page(f"{version}/special_days")
    for fields, said in (
        ({"currency": "JPY"}, "It cannot be changed."),
        ({"holidays": "Christmas"}, "“Christmas” is no holiday."),
        ({"languages": "fi klingon-of-old"}, "Write codes with blanks between them"),
        ({"box": "26, 60, 24, 61"}, "West is less than east"),
        ({"country": "Finland"}, ""),
    ):
        assert said in office.send("regions/coast", "", 422, also=fields)


def test_a_region_that_is_not_there_yet(town: Town) -> None:
    office = Office("first", "fells")
    assert "Your region is not set up yet." in office.page("")
    assert "You are no officer of a region with this code." in office.page("?region=coast")
    office.send("regions/fells", "", name="Fells", currency="EUR", timezone="Europe/Helsinki", country="FI")
    assert "There is no service yet." in office.page("")
    assert "Nothing is missing." in office.page(office.set_up())
