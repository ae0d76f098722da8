"""A dry run keeps every promise, knows nothing before it is said, and counts to the last metre."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from tests.transit.ondemand.valley import DAYS, RULES, VALLEY
from transit.ondemand.asks import MOST_PLACES, Ask, in_order
from transit.ondemand.dry_run.made_up import Point, make_up
from transit.ondemand.dry_run.played_day import PlayedDay
from transit.ondemand.dry_run.playing import SERVED, Played, play
from transit.ondemand.dry_run.report import FEWEST, report
from transit.ondemand.quote import Reason, Spot, Wish
from transit.ondemand.roads import Straight
from transit.ondemand.rules import (
    AtCap,
    Break,
    DynamicPricing,
    Fares,
    GroupFare,
    RiderGroup,
    Rules,
    ShiftPattern,
    Subsidy,
    Vehicle,
)

WEEK = [date(2026, 11, 23) + timedelta(days=each) for each in range(5)]
OUT = ShiftPattern(DAYS, 6 * 3600, 22 * 3600, (Break(11 * 3600, 14 * 3600, 1800),))
ROADS = Straight(60.12)
BUSY = replace(
    RULES,
    vehicles=tuple(
        Vehicle(f"v{n}", f"Bus {n}", ((3, 1, 0, 2), (5, 0, 0, 2)), 24.85 + n * 0.02, 60.12, (OUT,), per_km_minor=50,
                per_hour_minor=3000)
        for n in range(3)
    ),
    fares=Fares(base_minor=300, per_km_minor=10, groups=(GroupFare("senior", 5000),)),
    groups=(RiderGroup("senior", "Seniors", min_age=65),),
    pricing=DynamicPricing(2000, 1000),
    subsidies=(Subsidy("seniors", "region:coast", "senior", fixed_minor=100, yearly_minor=3000, at_cap=AtCap.STOP),),
)  # fmt: skip


def houses(count: int, seed: int) -> list[Point]:
    random = np.random.default_rng(seed)
    (west, south), _, (east, north), *_ = VALLEY
    spots = zip(random.uniform(west, east, count), random.uniform(south, north, count), strict=True)
    return [Point(float(lon), float(lat)) for lon, lat in spots]


def demand(per_week: int = 700, seed: int = 5, rules: Rules = BUSY) -> list[Ask]:
    return in_order(make_up("valley", rules, houses(150, 1), houses(30, 2), WEEK, per_week, seed))


@pytest.fixture(scope="module")
def played() -> Played:
    return play(BUSY, frozenset(), ROADS, demand())


def stops_of(day: PlayedDay, vehicle: int) -> list[tuple[str, str, int]]:
    """What a vehicle does: pickup, dropoff or pause, of whom, and when it begins."""
    found = []
    for at in range(1, int(day.board.rows.length[vehicle]) - 1):
        visit = day.board.visit(int(day.board.rows.visits[vehicle, at]))
        assert visit is not None
        found.append((str(visit.kind), visit.key, int(day.planned[vehicle, at])))
    return found


def drive_s(start: tuple[float, float], end: tuple[float, float]) -> int:
    return int(ROADS.legs(*start, np.array([end[0]]), np.array([end[1]])).out_s[0])


def test_every_promise_is_kept(played: Played) -> None:
    """By a slow count of every vehicle's day from the quotes alone. Breaks are where the shift began."""
    checked = 0
    for day in played.days.values():
        for vehicle, pk in enumerate(day.shifts):
            shift, fitted = day.shifts[pk], day.vehicles[pk].layouts
            depot = day.vehicles[pk].lon, day.vehicles[pk].lat
            place, free_s = depot, int(shift.start_at.timestamp())
            aboard: dict[str, tuple[int, ...]] = {}
            left: dict[str, int] = {}
            for kind, key, begins_s in stops_of(day, vehicle):
                if kind == "pause":
                    assert not aboard
                    assert begins_s >= free_s + drive_s(place, depot)
                    place, free_s = depot, begins_s + 1800
                    continue
                made = played.outcomes[int(key)]
                quote = made.quote
                assert quote is not None
                spot = quote.pickup if kind == "pickup" else quote.drop_off
                needs_s = drive_s(place, (spot.lon, spot.lat))
                assert begins_s >= free_s + needs_s
                assert begins_s - needs_s >= made.ask.asked_at.timestamp() or kind == "dropoff", "nobody knew of it"
                if kind == "pickup":
                    assert quote.earliest_at.timestamp() <= begins_s <= quote.latest_at.timestamp()
                    aboard[key] = quote.load
                    left[key] = begins_s + 60 + (180 if quote.load[1] else 0)
                    taken = tuple(map(sum, zip(*aboard.values(), strict=True)))
                    assert any(all(a <= b for a, b in zip(taken, each, strict=True)) for each in fitted)
                else:
                    assert begins_s <= quote.arrive_by.timestamp()
                    assert begins_s - left[key] <= quote.ride_limit_s
                    assert made.ride_s == begins_s - left[key]
                    del aboard[key]
                    checked += 1
                place = spot.lon, spot.lat
                free_s = begins_s + 60 + (180 if quote.load[1] else 0)
            assert not aboard
            assert free_s + drive_s(place, depot) <= shift.end_at.timestamp()
    assert checked == sum(each.code == SERVED for each in played.outcomes) > 300


def test_what_is_said_sums_up(played: Played) -> None:
    found = report(played, played)
    now = found["now"]
    assert now == found["before"]
    assert now["asked"] == len(played.outcomes) == now["served"] + sum(now["refused"].values())
    assert set(now["refused"]) <= set(Reason)
    for name in ("by_hour", "by_day"):
        assert [sum(column) for column in zip(*now[name], strict=True)] == [now["asked"], now["served"]]
    assert found["change"] == {"both": now["served"], "lost": 0, "won": 0, "neither": now["asked"] - now["served"]}
    for name in ("asked", "served"):
        assert sum(cell[name] for cell in found["cells"]) == now[name]
    assert all(cell["asked"] >= FEWEST for cell in found["cells"] if cell["lon"] is not None)
    metres = sum(drive.metres for day in played.days.values() for drive in day.drives())
    assert now["full_m"] + now["empty_m"] == metres > 0
    assert now["vehicle_h"] == 5 * 3 * 16
    assert now["cost_minor"] == pytest.approx(metres / 1000 * 50 + 240 * 3000, abs=1)
    assert now["subsidies_minor"] == {"seniors": 3000}, "no more than the budget has"
    assert now["fares_minor"] == sum(each.fare_minor for each in played.outcomes)
    json.dumps(found)


def test_the_same_again(played: Played) -> None:
    again = play(BUSY, frozenset(), ROADS, demand())
    assert [(each.code, each.wait_s, each.fare_minor) for each in again.outcomes] == [
        (each.code, each.wait_s, each.fare_minor) for each in played.outcomes
    ]
    assert demand(seed=6) != demand(seed=5)


def test_who_loses_what_they_had(played: Played) -> None:
    alone = play(replace(BUSY, vehicles=BUSY.vehicles[:1]), frozenset(), ROADS, demand())
    found = report(alone, played)
    assert found["now"]["served"] < found["before"]["served"]
    lost = [each.code == SERVED != other.code for each, other in zip(played.outcomes, alone.outcomes, strict=True)]
    assert found["change"]["lost"] == sum(lost) == sum(cell["lost"] for cell in found["cells"])
    shown = [cell["lost"] for cell in found["cells"] if cell["lon"] is not None]
    assert shown == sorted(shown, reverse=True)


def test_nobody_comes_where_there_is_no_fleet() -> None:
    asks = demand(50)
    closed = play(replace(BUSY, spans=()), frozenset(), ROADS, asks)
    assert {each.code for each in closed.outcomes} == {Reason.CLOSED}
    idle = play(replace(BUSY, vehicles=(replace(BUSY.vehicles[0], shifts=()),)), frozenset(), ROADS, asks)
    assert Counter(each.code for each in idle.outcomes)[SERVED] == 0
    holiday = play(BUSY, frozenset(WEEK), ROADS, asks)
    assert {each.code for each in holiday.outcomes} == {Reason.CLOSED}, "as on Sundays, on which nothing runs"


def test_many_order_in_the_same_moment() -> None:
    """While the clock stands still, routes become longer than there was room for."""
    asked = datetime(2026, 11, 23, 4, tzinfo=UTC)
    at = [datetime(2026, 11, 24, 5, tzinfo=UTC) + timedelta(minutes=20 * number) for number in range(42)]
    spots = [Spot(each.lon, each.lat) for each in houses(43, 3)]
    asks = [Ask(asked, Wish("valley", a, b, when)) for a, b, when in zip(spots, spots[1:], at, strict=False)]
    found = play(replace(BUSY, vehicles=BUSY.vehicles[:1]), frozenset(), ROADS, asks)
    assert sum(each.code == SERVED for each in found.outcomes) > 20


def test_a_demand_that_is_made_up() -> None:
    made = demand(700)
    assert 400 < len(made) < 1000
    assert [each.asked_at for each in made] == sorted(each.asked_at for each in made)
    assert all(each.asked_at < each.wish.at for each in made)
    with pytest.raises(ValueError, match="nobody lives"):
        make_up("valley", BUSY, [Point(0, 0)], houses(3, 1), WEEK, 10, 1)


def test_many_places_become_fewer() -> None:
    random = np.random.default_rng(1)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    spots = [Spot(24.8 + float(a) * 0.2, 60.1 + float(b) * 0.06) for a, b in random.random((3000, 2))]
    asks = in_order([Ask(now, Wish("valley", a, b, now)) for a, b in zip(spots, reversed(spots), strict=True)])
    places = {spot for each in asks for spot in (each.wish.origin, each.wish.destination)}
    assert len(places) <= MOST_PLACES
    assert places <= set(spots), "each is one that somebody named"
