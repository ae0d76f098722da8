"""What a region has set is what one can have; who cannot have it hears why, and what would work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.features.shuttle import TODAY, Shuttle, clock_of, load
from tests.transit.ondemand.valley import DAYS, RULES
from transit.models import Region
from transit.ondemand import quoting
from transit.ondemand.rules import (
    BookingWindow,
    Exclusion,
    Meeting,
    MeetingKind,
    MeetingStop,
    Pair,
    Purpose,
    RiderGroup,
    ShiftPattern,
    Span,
    SpecialDay,
    StopKind,
    Zone,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600
WEST, EAST, FAR = (60.100, 24.850), (60.100, 24.950), (60.30, 24.90)
SQUARE, STATION = (60.101, 24.949), (60.150, 24.900)


def box(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


ZONES = (Zone("west", "West", (box(24.8, 60.09, 24.9, 60.16),)), Zone("east", "East", (box(24.9, 60.09, 25.0, 60.16),)))
STOPS = (
    MeetingStop("square", "Square", SQUARE[1], SQUARE[0], wheelchair=False),
    MeetingStop("station", "Station", STATION[1] - 0.01, STATION[0], StopKind.HUB, "rail:S"),
)


def test_hours() -> None:
    pause = SpecialDay("Works", date(2026, 11, 25), date(2026, 11, 25))
    eve = SpecialDay("Eve", date(2026, 11, 27), date(2026, 11, 27), ((8 * HOUR, 12 * HOUR),))
    spans = (Span(DAYS, 6 * HOUR, 22 * HOUR, last_pickup_s=21 * HOUR), Span((4,), 23 * HOUR, 26 * HOUR))
    (bus,) = RULES.vehicles
    late = replace(bus, shifts=(*bus.shifts, ShiftPattern((4,), 22 * HOUR, 27 * HOUR)))
    shuttle = Shuttle(replace(RULES, spans=spans, vehicles=(late,), special_days=(pause, eve)))
    assert shuttle.refused(WEST, EAST, "21:30") == "closed Tue 06:00"
    assert shuttle.refused(WEST, EAST, "10:00", day=date(2026, 11, 25)) == "closed Thu 06:00"
    assert shuttle.refused(WEST, EAST, "13:00", day=date(2026, 11, 27)) == "closed Mon 06:00"
    assert shuttle.refused(WEST, EAST, "08:30", day=date(2026, 11, 27)) == "had ['08:10', '08:30', '08:45']"
    assert shuttle.refused(WEST, EAST, "10:00", day=date(2026, 11, 28)) == "closed Mon 06:00"
    night = replace(shuttle.wish(WEST, EAST, "25:00", day=date(2026, 12, 4)), load=load(2))
    assert shuttle.asked(night).startswith("had"), "after midnight, which is Friday still"
    assert quoting.quote(night, shuttle.now)[0].day == date(2026, 12, 4)


def test_holidays_are_sundays() -> None:
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", country="FI",
        holidays=[{"date": "2026-11-24", "names": {"en": "A day"}}],
    )  # fmt: skip
    (bus,) = RULES.vehicles
    (shift,) = bus.shifts
    every_day = replace(bus, shifts=(replace(shift, days=(*DAYS, 6)),))
    sundays = Span((6,), 12 * HOUR, 18 * HOUR)
    shuttle = Shuttle(replace(RULES, spans=(*RULES.spans, sundays), vehicles=(every_day,)))
    assert shuttle.refused(WEST, EAST, "10:00", day=date(2026, 11, 24)) == "closed Tue 12:00"
    assert shuttle.refused(WEST, EAST, "12:00", day=date(2026, 11, 24)) == "had ['12:00', '12:15']"


def test_when_one_orders() -> None:
    eve = BookingWindow(notice_s=3600, ahead_days=3, cutoff_days=1, cutoff_s=18 * HOUR)
    shuttle = Shuttle(replace(RULES, booking=eve))
    assert shuttle.refused(WEST, EAST, "15:00") == "too_late Tue 06:00"
    assert shuttle.refused(WEST, EAST, "15:00", day=date(2026, 11, 27)) == "too_early Tue 00:00"
    (first, *_) = shuttle.asks(WEST, EAST, "15:00", day=date(2026, 11, 24))
    assert clock_of(first.order_until) == "18:00"
    soon = Shuttle(replace(RULES, booking=BookingWindow(notice_s=1800)), code="soon")
    assert clock_of(soon.asks(WEST, EAST, "9:00")[0].told_at) == "09:30"
    assert clock_of(soon.asks(WEST, EAST, "11:00")[1].order_until) == "10:30"


def test_from_where_to_where() -> None:
    shuttle = Shuttle(replace(RULES, zones=ZONES, pairs=(Pair("west", "east", both=False),), stops=STOPS))
    assert shuttle.refused(WEST, EAST, "10:00").startswith("had")
    assert shuttle.refused(EAST, WEST, "10:00") == "not_between"
    assert shuttle.refused(WEST, FAR, "10:00") == "outside"
    hubs = Shuttle(replace(RULES, zones=ZONES, pairs=(Pair("west", "west", hubs_only=True),), stops=STOPS), code="hubs")
    assert hubs.refused(WEST, (60.12, 24.86), "10:00") == "not_between"
    to_station = hubs.wish(WEST, STATION, "10:00")
    assert hubs.asked(replace(to_station, destination=replace(to_station.destination, stop="station"))).startswith(
        "had"
    )
    area = Exclusion("Centre", (box(24.84, 60.09, 24.96, 60.11),))
    centre = Shuttle(replace(RULES, exclusions=(area,)), code="centre")
    assert centre.refused(WEST, EAST, "10:00") == "excluded"
    assert centre.refused(WEST, (60.12, 24.95), "10:00").startswith("had")


def test_where_one_is_met() -> None:
    stops = Meeting(MeetingKind.STOP, walk_m=400, group_walk_m=(("frail", 0),))
    rules = replace(RULES, stops=STOPS, meeting=stops, groups=(RiderGroup("frail", "Frail"),))
    shuttle = Shuttle(rules)
    assert shuttle.refused(WEST, EAST, "10:00") == "outside", "no stop near"
    near = shuttle.asks(EAST, (60.1501, 24.8899), "10:00")[1]
    assert (near.pickup.stop, near.drop_off.stop, near.pickup_walk_s) == ("square", "station", 130)
    assert clock_of(near.told_at) == "10:03", "one walks there first"
    assert shuttle.refused(EAST, STATION, "10:00", load=load(wheelchairs=1)) == "outside", "no step-free stop near"
    frail = shuttle.asks(WEST, EAST, "10:00", group="frail")[0]
    assert (frail.pickup.stop, frail.pickup_walk_s) == ("", 0), "at the door"


def test_who_may() -> None:
    winter = RiderGroup("dark", "In the dark", first_month=12, last_month=2)
    shuttle = Shuttle(replace(RULES, groups=(winter,), purposes=(Purpose("health", "To the doctor"),)))
    assert shuttle.refused(WEST, EAST, "10:00", group="dark") == "not_eligible"
    assert shuttle.refused(WEST, EAST, "10:00", group="unknown") == "not_eligible"
    assert shuttle.refused(WEST, EAST, "10:00", purpose="fun") == "not_eligible"
    assert shuttle.refused(WEST, EAST, "10:00", purpose="health").startswith("had")
    assert shuttle.refused(WEST, EAST, "10:00", load=load(9)) == "full", "no vehicle has nine seats"
    assert shuttle.refused(WEST, EAST, "10:00", load=load()) == "unknown"
    shuttle.code = "nothing"
    assert shuttle.refused(WEST, EAST, "10:00") == "unknown"


def test_to_be_there_in_time() -> None:
    shuttle = Shuttle()
    *_, last = shuttle.asks(WEST, EAST, "11:00", arrive=True, connects=True)
    assert clock_of(last.arrive_by) == "10:55"
    assert shuttle.at("10:20") < last.told_at < last.planned_drop_off_at <= last.arrive_by
    assert last.day == TODAY
