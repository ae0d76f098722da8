from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transit import tokens
from transit.money import Money
from transit.routing.itinerary import FareProduct, Heading, Itinerary, Leg, Place, Service, Step, StopCall, Turn
from transit.routing.query import Mode, RiderCategory, Traveller
from transit.routing.streets import WayKind

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def place(name: str, lat: float = 61.5, stop_id: str | None = None) -> Place:
    return Place(name, lat, 23.76, "Europe/Helsinki", stop_id, "2", "A")


def an_itinerary() -> Itinerary:
    start, quay, quarry, door = (
        place("Kotikatu 4"),
        place("Asema", 61.49, "f:1"),
        place("Louhos", 61.47, "f:2"),
        place("X"),
    )
    service = Service("f:t1", date(2026, 11, 23), "f:3", "3", "Etelä", "f:a", "Bussit", "ff0000", "ffffff", "https://a")
    call = StopCall(place("Välipysäkki", 61.48, "f:9"), NOW, NOW + timedelta(seconds=30))
    minute = timedelta(minutes=1)
    line = ((23.7, 61.5), (23.8, 61.6))
    first = Step(Turn.DEPART, "", WayKind.STEPS, 400, 61.5, 23.7, Heading.NE)
    steps = (first, Step(Turn.ARRIVE, "", None, 0, 1.0, 2.0))
    legs = (
        Leg(Mode.WALK, start, quay, NOW + 10 * minute, NOW + 15 * minute, 400, line, steps=steps),
        Leg(Mode.BUS, quay, quarry, NOW + 15 * minute, NOW + 30 * minute, 9000, ((1.0, 2.0),), service, (call,), 4, 9),
        Leg(Mode.WALK, quarry, door, NOW + 30 * minute, NOW + 31 * minute, 80),
    )
    travellers = (Traveller(), Traveller("2", RiderCategory.SENIOR))
    fares = (FareProduct("f:zone", "Zone", "f:a", travellers[0], (1,), Money(350, "EUR"), 5400),)
    return Itinerary(legs, travellers, fares, ())


def test_json_keeps_everything() -> None:
    itinerary = an_itinerary()
    assert tokens.of_json(json.loads(json.dumps(tokens.to_json(itinerary)))) == itinerary


def test_json_from_before_a_field_was_there_is_read() -> None:
    itinerary = an_itinerary()
    form = tokens.to_json(itinerary)
    for leg in form["legs"]:
        del leg["step_free"]
    assert tokens.of_json(form) == itinerary


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda form: form.pop("travellers"), "itinerary"),
        (lambda form: form.update(price=1), "itinerary"),
        (lambda form: form["legs"][0].update(distance_m="400"), "distance_m"),
        (lambda form: form["legs"][0].update(distance_m=True), "distance_m"),
        (lambda form: form["legs"][0].update(start_at="2026-11-23T07:10:00"), "start_at"),
        (lambda form: form["legs"][0].update(mode="rocket"), "rocket"),
        (lambda form: form["legs"][0].update(polyline=[[1.0]]), "polyline"),
        (lambda form: form["legs"][1].update(calls={}), "calls"),
        (lambda form: form["fares"][0]["price"].update(minor=3.5), "minor"),
    ],
)
def test_json_that_is_not_exactly_an_itinerary_is_refused(change: object, where: str) -> None:
    form = tokens.to_json(an_itinerary())
    change(form)  # type: ignore[operator]
    with pytest.raises(ValueError, match=where):
        tokens.of_json(form)


def test_json_of_an_older_release_is_read() -> None:
    form = tokens.to_json(an_itinerary())
    for leg in form["legs"]:
        del leg["steps"]
    legs = tuple(dataclasses.replace(leg, steps=()) for leg in an_itinerary().legs)
    assert tokens.of_json(form) == dataclasses.replace(an_itinerary(), legs=legs)


def test_token_brings_back_the_journey_without_prices() -> None:
    itinerary = an_itinerary()
    back = tokens.read_token(tokens.write_token(itinerary, NOW), NOW + timedelta(minutes=29))
    bare = tuple(dataclasses.replace(leg, polyline=(), calls=(), steps=()) for leg in itinerary.legs)
    assert back == dataclasses.replace(itinerary, legs=bare, fares=())


def test_token_expires() -> None:
    token = tokens.write_token(an_itinerary(), NOW)
    with pytest.raises(tokens.TokenError, match="token_expired"):
        tokens.read_token(token, NOW + tokens.MAX_AGE + timedelta(seconds=1))
    with pytest.raises(tokens.TokenError, match="token_expired"):
        tokens.read_token(token, NOW - timedelta(minutes=5))


def test_token_of_another_key_is_refused(settings: object) -> None:
    token = tokens.write_token(an_itinerary(), NOW)
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-the-test"  # type: ignore[attr-defined]
    with pytest.raises(tokens.TokenError, match="token_invalid"):
        tokens.read_token(token, NOW)


TOKEN = tokens.write_token(an_itinerary(), NOW)


@given(position=st.integers(0, len(TOKEN) - 1), character=st.characters(codec="utf-8"))
def test_any_changed_character_is_refused(position: int, character: str) -> None:
    changed = TOKEN[:position] + character + TOKEN[position + 1 :]
    if changed == TOKEN:
        return
    with pytest.raises(tokens.TokenError):
        tokens.read_token(changed, NOW)


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(tokens.TokenError, match="token_invalid"):
        tokens.read_token(text, NOW)
