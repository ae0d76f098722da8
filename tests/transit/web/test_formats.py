"""How times, money and signs look in the three languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from tests.browser import journeys
from transit.money import Money
from transit.web import cards, formats, steps
from transit.web.maps import features_of

MOMENT = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(("language", "text"), [("en", ">09:05<"), ("fi", ">9.05<"), ("ja", ">9:05<")])
def test_the_clock(language: str, text: str) -> None:
    with translation.override(language):
        written = formats.clock(MOMENT, "Europe/Helsinki")
    assert text in written
    assert 'datetime="2026-11-20T09:05+02:00"' in written


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "Friday 20 November", "Fri 20 Nov"),
        ("fi", "perjantaina 20. marraskuuta", "pe 20.11."),
        ("ja", "11月20日（金）", "11月20日（金）"),
    ],
)
def test_days(language: str, long: str, short: str) -> None:
    with translation.override(language):
        assert formats.day(MOMENT, "Europe/Helsinki") == long
        assert formats.short_day(MOMENT, "Europe/Helsinki") == short


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    assert formats.day(late, "Europe/Helsinki") == "Saturday 21 November"


@pytest.mark.parametrize(
    ("language", "euro", "yen"),
    [("en", "€3.50", "¥350"), ("fi", "3,50\xa0€", "350\xa0¥"), ("ja", "€3.50", "￥350")],
)
def test_money(language: str, euro: str, yen: str) -> None:
    with translation.override(language):
        assert formats.money(Money(350, "EUR")) == euro
        assert formats.money(Money(350, "JPY")) == yen


def test_durations_count_started_minutes() -> None:
    assert formats.minutes(timedelta(seconds=61)) == "2 min"
    for language, hour in (("en", "1 h"), ("fi", "1 h"), ("ja", "1時間")):
        with translation.override(language):
            assert formats.minutes(timedelta(hours=1)) == hour
    assert formats.minutes(timedelta(minutes=69)) == "1 h 9 min"


def test_distances() -> None:
    assert [formats.metres(metres) for metres in (3, 384, 1000, 5149)] == ["10 m", "380 m", "1 km", "5.1 km"]


@pytest.mark.parametrize(
    ("colour", "dark_text"), [("FFFFFF", True), ("F4B400", True), ("005BAC", False), ("zz", False)]
)
def test_signs_can_be_read(colour: str, dark_text: bool) -> None:
    service = journeys.service("12", "Satama", colour)
    assert formats.sign(service, "bus")["on_light"] is dark_text


def test_a_name_cannot_break_out_of_a_page() -> None:
    hostile = '<script>alert("1")</script>'
    service = journeys.service(hostile, hostile, 'x" onload="alert(1)')
    page = Template("{% load formats %}{% sign service 'bus' %}").render(Context({"service": service}))
    assert "<script" not in page
    assert 'onload="' not in page


def test_hints_name_only_what_is_better_than_all_others() -> None:
    dealt = cards.deal([journeys.two_operators(), journeys.one_bus(), journeys.on_foot()], MOMENT, MOMENT)
    assert [card.hints for card in dealt] == [("Arrives first", "Least walking"), ("Least CO2", "Fewest changes"), ()]


def test_equals_get_no_hint() -> None:
    assert [card.hints for card in cards.deal([journeys.one_bus(), journeys.one_bus()], MOMENT, MOMENT)] == [(), ()]


def test_the_price_is_for_all_together_and_unknown_where_a_part_is() -> None:
    known, unknown = cards.deal([journeys.two_operators(), journeys.one_bus()], MOMENT, MOMENT)
    assert known.price == Money(2240, "EUR")
    assert unknown.price is None


def test_waits_stand_before_the_ride() -> None:
    waits = [step.wait for step in steps.of(journeys.two_operators())]
    assert waits == [None, None, timedelta(minutes=5), None, timedelta(minutes=9), None]


def test_the_map_draws_every_leg() -> None:
    drawn = features_of(journeys.two_operators())["features"]
    assert [feature["properties"].get("street") for feature in drawn[:6]] == [True, False, False, True, False, True]
    assert [feature["properties"].get("role") for feature in drawn[6:]] == ["start", *["stop"] * 5, "end"]
