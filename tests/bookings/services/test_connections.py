"""Where a journey breaks, by what operators say of its trips."""

from __future__ import annotations

from datetime import date, timedelta

from bookings.services.connections import Break, first_break
from tests.factories import NOW
from transit.register.trip_events import TripNews
from transit.routing.itinerary import Itinerary, Leg, Place, Service
from transit.routing.query import Mode, Traveller

MINUTE = timedelta(minutes=1)
DAY = date(2026, 11, 24)
STOP = Place("Stop", 60.0, 24.0, "Europe/Helsinki")


def leg(start: int, end: int, trip: str = "") -> Leg:
    service = Service(f"f:{trip}", DAY, "f:r", trip, "", "f:ag", "Agency") if trip else None
    mode = Mode.BUS if trip else Mode.WALK
    return Leg(mode, STOP, STOP, NOW + start * MINUTE, NOW + end * MINUTE, 100, service=service)


JOURNEY = Itinerary((leg(0, 5), leg(5, 15, "A"), leg(15, 18), leg(20, 30, "B"), leg(30, 40, "C")), (Traveller(),))
"""A walk, A, a walk of three minutes with two to spare, B, and C, which waits nobody's minute."""


def news(trip: str, late: int = 0, *, cancelled: bool = False) -> dict[str, TripNews]:
    one = TripNews(1, f"f:{trip}", DAY, cancelled, late * MINUTE)
    return {one.departure_key: one}


def test_it_holds_while_there_is_time() -> None:
    assert first_break(JOURNEY, {}) is None
    assert first_break(JOURNEY, news("A", 2)) is None
    assert first_break(JOURNEY, news("A", 30) | news("B", 28) | news("C", 28)) is None, "all of them are late"
    assert first_break(JOURNEY, news("C", 90)) is None
    assert first_break(JOURNEY, news("other", cancelled=True)) is None


def test_the_first_ride_that_is_gone() -> None:
    assert first_break(JOURNEY, news("A", 3)) == Break(3, False, 1, NOW + 18 * MINUTE)
    assert first_break(JOURNEY, news("B", 1)) == Break(4, False, 3, NOW + 31 * MINUTE)
    assert first_break(JOURNEY, news("B", -3)) == Break(3, False, 1, NOW + 15 * MINUTE), "it leaves too early"


def test_a_ride_that_does_not_run() -> None:
    assert first_break(JOURNEY, news("A", cancelled=True)) == Break(1, True, None, NOW)
    assert first_break(JOURNEY, news("C", cancelled=True)) == Break(4, True, 3, NOW + 30 * MINUTE)
