"""Rides on demand: the search finds what the slow one finds; until when one can order is what a calendar says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracles.hailing import leaving_between
from tests.oracles.rounds import Rounds, runs_of, transfers_of
from tests.transit.routing.networks import SEEDS, schedule_text
from transit.routing.booking import Booking, Days, Rule, earliest_pickup, order_from, order_until
from transit.routing.ondemand import ALWAYS_S, Direct, End, Hailed, Sides, _fixed, hailed
from transit.routing.query import Mode
from transit.routing.raptor import Wish, find_rides
from transit.routing.window import assemble, service_day_start
from transit.routing.zones import Areas, ZoneService

QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
RIDE = ZoneService(0, 0, 0, (0, 0), (0, 0), 0, "UTC", (), Mode.TAXI)
HOUR_S = 3600


def random_ends(chooser: Random, stops: int) -> tuple[tuple[End, ...], tuple[End, ...]]:
    """Walks, and rides on demand with windows that open and close in the busy hours; some share theirs."""
    places = chooser.sample(range(stops), min(stops, chooser.choice((0, 1, 1, 2))))
    walks = tuple(End(stop, chooser.choice((0, 300))) for stop in places)
    windows = []
    for _ in range(chooser.choice((1, 1, 2, 3))):
        low = chooser.choice((-ALWAYS_S, 2 * HOUR_S, 2 * HOUR_S + 900 * chooser.randrange(12)))
        windows.append((low, chooser.choice((ALWAYS_S, max(low, 2 * HOUR_S) + 300 * chooser.randrange(20)))))
    whose = [*windows, *chooser.choices(windows, k=chooser.choice((0, 0, 1, 3)))]
    rides = [End(chooser.randrange(stops), chooser.choice((120, 600, 1200)), *window, RIDE) for window in whose]
    return walks, tuple(rides)


@given(SEEDS)
@QUICK
def test_what_the_slow_search_finds(seed: int) -> None:
    chooser = Random(seed)
    text = schedule_text(chooser, chooser.randint(1, 5), 2)
    asked = text.schedule, text.from_at, text.from_at + 30 * HOUR_S
    timetable = assemble(*asked)
    sides = [Sides(*random_ends(chooser, text.stops)) for _ in range(2)]
    direct = [
        Direct(chooser.choice((900, 5400)), low, low + 1800, RIDE, 0, 0, 0)
        for low in chooser.sample(range(7200, 18000, 900), chooser.choice((0, 0, 1)))
    ]
    low = chooser.choice((7200, 9000, 10800))
    window = (low, low + chooser.choice((0, 0, 1800, 7200)))
    most = chooser.randint(2, 4)
    wish = Wish(*window, most)
    access, egress = (_fixed(side.walks) for side in sides)
    walked = [
        Hailed(each.leave_s, each.arrive_s, len(each.rides)) for each in find_rides(timetable, access, egress, wish)
    ]
    found = hailed(timetable, (sides[0], sides[1]), direct, wish, walked)
    rounds = Rounds(runs_of(*asked), transfers_of(text.schedule))
    every = tuple((*side.walks, *side.rides) for side in sides)
    slow = leaving_between(rounds, (every[0], every[1]), direct, window, most)
    point = window[0] == window[1]
    answer = {(0 if point else each.leave, each.arrive, each.vehicles) for each in found if each.direct is None}
    assert answer == slow
    for each in found:
        if each.direct is not None:
            assert max(window[0], each.direct.low) <= each.leave <= each.direct.high
        if each.start is not None and each.end is not None:
            assert each.start.low <= each.leave <= each.start.high
            assert each.end.low <= each.arrive <= each.end.high


ZONES = ("Europe/Helsinki", "America/New_York", "Asia/Tokyo")
FIRST = date(2026, 3, 1).toordinal()


def slow_clock(day: int, seconds: int, zone: str) -> float:
    """A time of a service day: so many seconds after half a day before its noon."""
    noon = datetime.combine(date.fromordinal(day), datetime.min.time(), ZoneInfo(zone)).replace(hour=12)
    return (noon.astimezone(UTC) - timedelta(hours=12) + timedelta(seconds=seconds)).timestamp()


@given(st.data())
@QUICK
def test_until_when_one_can_order(data: st.DataObject) -> None:
    draw = data.draw
    zone, runs = draw(st.sampled_from(ZONES)), draw(st.lists(st.booleans(), min_size=40, max_size=40))
    day = FIRST + draw(st.integers(10, 39))  # both clocks change among these days
    days = Days(np.array([runs], np.uint8), FIRST)
    counted = draw(st.sampled_from((None, 0)))
    last, start = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=2)))
    times = draw(st.lists(st.integers(0, 26 * 3600), min_size=2, max_size=2))
    rule = Rule("r", Booking.EARLIER_DAYS, None, None, last, times[0], start, times[1], counted)
    pickup_at = service_day_start(day, zone) + draw(st.integers(0, 26 * 3600))

    def back(count: int) -> int | None:
        listed = [d for d in range(day - 1, FIRST - 1, -1) if counted is None or runs[d - FIRST]]
        if count == 0:
            return day
        return listed[count - 1] if count <= len(listed) else (day - count if counted is None else None)

    until, since = (order(rule, pickup_at, day, zone, days) for order in (order_until, order_from))
    ends = [
        None if b is None else slow_clock(b, t, zone) for b, t in zip((back(last), back(start)), times, strict=True)
    ]
    assert until == ends[0] or (ends[0] is None and until is not None and until < 0)
    assert since == ends[1]
    now_at = pickup_at - draw(st.integers(-3600, 8 * 86400))
    can = ends[0] is not None and now_at <= ends[0]
    assert (earliest_pickup(rule, now_at, day, zone, days) is not None) == can
    same_day = Rule("s", Booking.SAME_DAY, 3600, 86400)
    assert order_until(same_day, pickup_at, day, zone, days) == pickup_at - 3600
    assert order_from(same_day, pickup_at, day, zone, days) == pickup_at - 86400
    soonest = earliest_pickup(same_day, now_at, day, zone, days)
    assert soonest is not None
    assert (soonest <= pickup_at) == (now_at <= pickup_at - 3600)
    assert order_until(Rule("n", Booking.REAL_TIME), pickup_at, day, zone, days) is None


def test_a_zone_with_a_hole_and_an_island() -> None:
    squares = [(0, 0, 9, 9), (3, 3, 6, 6), (4, 4, 5, 5), (20, 0, 21, 1)]
    corners = [[(w, s), (e, s), (e, n), (w, n), (w, s)] for w, s, e, n in squares]
    points = np.array([point for ring in corners for point in ring], float)
    none = np.zeros(2, np.uint32)
    rings = np.array([0, 4], np.uint32), np.arange(0, 21, 5).astype(np.uint32)
    areas = Areas(*rings, points[:, 0], points[:, 1], np.array([[0.0, 0, 21, 9]]), none, none[:0])
    lon, lat = np.array([1.0, 3.5, 4.5, 20.5, 15, -1]), np.array([1.0, 3.5, 4.5, 0.5, 5, 1])
    assert areas.holds(0, lon, lat).tolist() == [True, False, True, True, False, False]
    assert areas.nearest(0, 15.0, 0.5) == pytest.approx((20.0, 0.5))
    assert areas.nearest(0, 3.4, 4.5) == pytest.approx((3.0, 4.5)), "in the hole"
    assert areas.nearest(0, 21.5, 1.5) == pytest.approx((21.0, 1.0)), "at a corner"
