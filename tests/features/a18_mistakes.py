"""Who asks for something that there is not is told what, and what to do instead (problem details, RFC 9457)."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.django_db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
"""
ASKED = {"from": "coast:H", "to": "coast:M"}


@pytest.mark.parametrize(
    ("changes", "field", "help_text"),
    [
        ({"from": "Harbour"}, "from", "expected lat,lon or feed:stop"),
        ({"to": "95,24"}, "to", "expected lat,lon or feed:stop"),
        ({"time": "tomorrow"}, "time", "expected RFC 3339, such as 2026-11-23T09:30:00+02:00"),
        ({"travellers": "dog:1"}, "travellers", "expected category:count with one of adult, child"),
        ({"modes": "rocket"}, "modes", "expected some of walk, bicycle, tram"),
        ({"window": "90000"}, "window", "less than or equal to 86400"),
    ],
)
def test_a_request_that_cannot_be_understood(town: Town, changes: dict[str, str], field: str, help_text: str) -> None:
    town.publish(coast=COAST)
    problem = town.get("plan", status=400, **(ASKED | changes))
    (error,) = problem["errors"]
    assert (problem["code"], error["field"]) == ("invalid", field)
    assert help_text in error["detail"]


def test_both_ends_are_needed(town: Town) -> None:
    assert [error["field"] for error in town.get("plan", status=400)["errors"]] == ["from", "to"]


def test_a_stop_that_is_gone(town: Town) -> None:
    town.publish(coast=COAST)
    problem = town.get("plan", status=404, **(ASKED | {"from": "coast:OLD"}))
    assert (problem["code"], problem["title"]) == ("no_such_stop", "There is no such stop.")
    assert problem["detail"] == "coast:OLD is not in the timetable of now. GET /api/v1/places?q=… finds stops by name."


def test_a_place_outside_the_region(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("48.85,2.35", "coast:M", "08:00") == []


def test_nothing_is_published_yet(town: Town) -> None:
    problem = town.get("plan", status=503, **ASKED)
    assert problem["title"] == "No timetable has been published yet."
    page = town.client.get("/journeys", {"from_text": "Harbour", "to_text": "Market"})
    assert page.status_code == 503


def test_the_page_asks_again(town: Town) -> None:
    town.publish(coast=COAST)
    page = town.client.get("/journeys", {"from_text": "Harbour"})
    assert page.status_code == 422
    assert "Write a stop, a street or a place." in page.content.decode()
    unknown = town.client.get("/journeys", {"from_text": "Harbour", "to_text": "Atlantis"})
    assert "Atlantis" in unknown.content.decode()
