"""A week of a region, played: three zones, forty vehicles, twenty thousand wishes. At most five minutes."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date, timedelta

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from transit.ondemand.asks import Ask, in_order  # noqa: E402
from transit.ondemand.dry_run.made_up import Point, make_up  # noqa: E402
from transit.ondemand.dry_run.playing import play, served  # noqa: E402
from transit.ondemand.roads import Straight  # noqa: E402
from transit.ondemand.rules import (  # noqa: E402
    ALL_DAYS,
    Break,
    DynamicPricing,
    Fares,
    Matching,
    Rules,
    ShiftPattern,
    Span,
    Subsidy,
    Vehicle,
    Zone,
)  # fmt: skip

WEEK = [date(2026, 11, 23) + timedelta(days=each) for each in range(7)]
ASKS, VEHICLES = 20_000, 40
MOST_S = 300
PACE = (1.0,) * 7 + (1.4,) * 2 + (1.1,) * 6 + (1.3,) * 2 + (1.0,) * 7


def region() -> Rules:
    """Three towns with what lies between, 25 by 12 km, and a fleet that is out from six to ten."""
    west, south, wide, high = 24.6, 60.1, 0.15, 0.11
    zones = []
    for number in range(3):
        left = west + number * wide
        ring = ((left, south), (left + wide, south), (left + wide, south + high), (left, south + high), (left, south))
        zones.append(Zone(f"z{number}", f"Town {number}", (ring,)))
    early = ShiftPattern(ALL_DAYS, 6 * 3600, 14 * 3600, (Break(9 * 3600, 11 * 3600, 1800),))
    late = ShiftPattern(ALL_DAYS, 14 * 3600, 22 * 3600, (Break(17 * 3600, 19 * 3600, 1800),))
    vehicles = tuple(
        Vehicle(
            f"v{number}", f"Bus {number}", ((8, 1, 1, 8), (6, 2, 1, 8)), west + wide * (number % 3 + 0.5),
            south + high / 2, (early, late), per_km_minor=60, per_hour_minor=3500,
        )
        for number in range(VEHICLES)
    )  # fmt: skip
    return Rules(
        "Europe/Helsinki", "EUR", zones=tuple(zones), spans=(Span(ALL_DAYS, 6 * 3600, 22 * 3600),), vehicles=vehicles,
        matching=Matching(empty_weight=1.2, speed_factors=PACE),
        fares=Fares(base_minor=250, per_km_minor=20, cap_minor=900), pricing=DynamicPricing(2000, 1000),
        subsidies=(Subsidy("half", "region:coast", share_basis_points=5000, yearly_minor=100_000_00),),
    )  # fmt: skip


def points(count: int, seed: int) -> list[Point]:
    """Houses, dense in the middle of each town."""
    random = np.random.default_rng(seed)
    town = random.integers(0, 3, count)
    lon = 24.6 + 0.15 * (town + 0.5) + random.normal(0, 0.03, count)
    lat = 60.155 + random.normal(0, 0.022, count)
    return [Point(float(a), float(b)) for a, b in zip(lon, lat, strict=True)]


def asks(rules: Rules) -> list[Ask]:
    """The demand of the week, in order."""
    made = make_up("call", rules, points(3000, 1), points(200, 2), WEEK, ASKS, 3)
    return in_order(made)


def main() -> int:
    """Print what it takes."""
    rules = region()
    play(replace(rules, vehicles=rules.vehicles[:2]), frozenset(), Straight(60.15), asks(rules)[:20])  # compiles
    wanted = asks(rules)
    began = time.perf_counter()
    played = play(rules, frozenset(), Straight(60.15), wanted)
    took_s = time.perf_counter() - began
    rides = served(played.outcomes)
    metres = sum(drive.metres for day in played.days.values() for drive in day.drives())
    print(
        f"dry run: {len(wanted)} wishes of a week, {VEHICLES} vehicles, 3 zones: {took_s:.1f} s"
        f" ({took_s / len(wanted) * 1000:.2f} ms each); {len(rides) / len(wanted):.0%} served,"
        f" {metres / 1000:.0f} km; bar {MOST_S} s: {'met' if took_s <= MOST_S else 'NOT met'}"
    )
    return 0 if took_s <= MOST_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
