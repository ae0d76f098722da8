"""What people write into the search form, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from transit.journeys.picks import Pick
from transit.routing.query import Location, RiderCategory
from transit.web.forms import SearchForm

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
HERE, THERE = "61.50000,23.70000~city:1~Koivutori", "61.60000,23.80000~~Harju"


def form(text: str) -> SearchForm:
    return SearchForm(QueryDict(text), "Europe/Helsinki", NOW)


def test_now_is_now_and_one_adult_travels() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}")
    assert search.is_valid()
    query = search.query("fi")
    assert (query.time_at, query.arrive_by, query.language) == (NOW, False, "fi")
    assert query.origin == Location(61.5, 23.7, "Koivutori", "city:1")
    assert query.destination.stop_id is None
    assert [traveller.category for traveller in query.travellers] == [RiderCategory.ADULT]


def test_times_are_those_of_the_region() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}&when=arrive&date=2026-07-01&time=09:05")
    assert search.is_valid()
    query = search.query("en")
    assert query.time_at == datetime(2026, 7, 1, 6, 5, tzinfo=UTC)
    assert query.arrive_by


def test_everybody_is_counted() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}&adult=2&senior=1&child=0")
    assert search.is_valid()
    assert [(each.key, each.category) for each in search.query("en").travellers] == [
        ("1", "adult"),
        ("2", "adult"),
        ("3", "senior"),
    ]
    assert search.people == "2 adults, 1 senior"


@pytest.mark.parametrize(
    "people",
    ["adult=0&senior=0&child=0&youth=0", "adult=9&senior=9", "adult=-1", "adult=x", "adult=10"],
)
def test_nobody_and_crowds_are_refused(people: str) -> None:
    assert not form(f"from_at={HERE}&to_at={THERE}&{people}").is_valid()


def test_text_alone_is_valid_but_unclear() -> None:
    search = form(f"from_text=koivu&to_at={THERE}")
    assert search.is_valid()
    assert search.unclear == ["from"]


def test_text_that_was_changed_after_picking_is_unclear() -> None:
    assert form(f"from_text=Koivutori&from_at={HERE}&to_at={THERE}").unclear == []
    assert form(f"from_text=Koivula&from_at={HERE}&to_at={THERE}").unclear == ["from"]


def test_an_end_must_be_named() -> None:
    search = form(f"to_at={THERE}")
    assert not search.is_valid()
    assert "from_text" in search.errors


def test_swapping_keeps_everything_else() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}&adult=3&when=leave&date=2026-11-24&time=10:00").swapped()
    assert search.is_valid()
    query = search.query("en")
    assert (query.origin.name, query.destination.name, len(query.travellers)) == ("Harju", "Koivutori", 3)


@pytest.mark.parametrize(
    ("manner", "speed", "slack"),
    [("", 1.25, 0), ("&pace=slow&changing=relaxed", 0.8, 360), ("&pace=quick&changing=unhurried", 1.6, 180)],
)
def test_how_somebody_walks_and_changes(manner: str, speed: float, slack: int) -> None:
    search = form(f"from_at={HERE}&to_at={THERE}{manner}")
    assert search.is_valid()
    query = search.query("en")
    assert (query.walk_speed_mps, query.change_slack_s) == (speed, slack)
    again = form(search.address())
    assert again.is_valid()
    assert again.query("en") == query


def test_a_manner_that_is_none_is_the_usual_one() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}&pace=flying&changing=")
    assert search.is_valid()
    assert (search.query("en").walk_speed_mps, search.manner) == (1.25, "")


def test_the_address_leads_to_the_same_search() -> None:
    search = form(f"from_at={HERE}&to_at={THERE}&youth=2&when=arrive&date=2026-11-24&time=10:00")
    again = form(search.address())
    assert search.is_valid()
    assert again.is_valid()
    assert again.query("en") == search.query("en")


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    name=st.text(max_size=40).map(str.strip),
    stop_id=st.none() | st.from_regex(r"[a-z]{1,8}:[A-Za-z0-9:_,-]{1,20}", fullmatch=True),
)
def test_a_pick_survives_its_form_value(lat: float, lon: float, name: str, stop_id: str | None) -> None:
    found = Pick.find(Pick(Location(lat, lon, name, stop_id)).value, None)
    assert found is not None
    assert (found.name, found.location.stop_id) == (name, stop_id)
    assert abs(found.location.lat - lat) <= 1e-5
    assert abs(found.location.lon - lon) <= 1e-5


@pytest.mark.parametrize("value", ["", "x", "1,2", "1,2~a", "91,0~~x", "1,2,3~~x", "nan,0~~x", "~~x"])
def test_a_malformed_pick_is_none(value: str) -> None:
    assert Pick.find(value, None) is None
