"""What a dry run says: figures of what was played, and who loses what they had. JSON, as the version keeps it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any, Final
from zoneinfo import ZoneInfo

from transit.models import Shift
from transit.ondemand.dry_run.playing import SERVED, Outcome, Played
from transit.ondemand.hours import day_of
from transit.ondemand.quote import Reason
from transit.ondemand.rules import Rules

Json = dict[str, Any]
FEWEST: Final = 5
"""Of a square with fewer wishes nothing is said: they could be one person's."""
LEAST_PAIRS: Final = 20
"""From so many places to others somebody must have asked for what the rules allow, before anything is told of it."""
CELL: Final = 0.01
"""Degrees of latitude; twice as many of longitude."""
_HOUR_S: Final = 3600


def report(played: Played, before: Played | None = None) -> Json:
    """The figures of a version, with those of the version `before` on the same wishes, and what is lost between."""
    found: Json = {"currency": played.rules.currency, "now": figures(played)}
    if before is not None:
        found |= {"before": figures(before), "change": _change(before.outcomes, played.outcomes)}
    return found | {"cells": _cells(played.outcomes, before.outcomes if before else None)}


def is_narrow(played: Played) -> bool:
    """Whether what was really asked would be told of too few: rules that fit hardly anybody would say who asked."""
    fitting = [each.ask.wish for each in played.outcomes if each.code in (SERVED, Reason.FULL)]
    return len({(wish.origin, wish.destination) for wish in fitting}) < LEAST_PAIRS


def figures(played: Played) -> Json:
    """All figures of one version."""
    rides = [each for each in played.outcomes if each.code == SERVED]
    straight = [each.ride_s / each.quote.direct_s for each in rides if each.quote and each.quote.direct_s]
    money = _money(played, rides)
    return {
        "asked": len(played.outcomes),
        "served": len(rides),
        "refused": dict(Counter(each.code for each in played.outcomes if each.code != SERVED).most_common()),
        "wait_s": _spread([max(0, each.wait_s) for each in rides]),
        "ride_s": _spread([each.ride_s for each in rides]),
        "detour": _spread(straight),
        **_driven(played, len(rides)),
        **money,
        "by_hour": _by(played, lambda each: _hour(each, played.rules), 24),
        "by_day": _by(played, lambda each: day_of(each.ask.wish.at, played.rules.timezone).weekday(), 7),
    }


def _driven(played: Played, rides: int) -> Json:
    drives = [drive for day in played.days.values() for drive in day.drives()]
    full, empty = (sum(each.metres for each in drives if bool(each.people) is ridden) for ridden in (True, False))
    shared = sum(each.metres for each in drives if each.people > 1)
    hours = sum(_out_s(each) for day in played.days.values() for each in day.shifts.values()) / _HOUR_S
    return {
        "full_m": full,
        "empty_m": empty,
        "shared_m": shared,
        "vehicle_h": round(hours, 1),
        "rides_per_vehicle_h": round(rides / hours, 2) if hours else 0.0,
    }


def _money(played: Played, rides: Sequence[Outcome]) -> Json:
    """What it costs the region, what riders pay, and what subsidies pay of that."""
    costs = 0.0
    for day in played.days.values():
        metres: Counter[int] = Counter()
        for drive in day.drives():
            metres[drive.shift] += drive.metres
        for pk, shift in day.shifts.items():
            vehicle = day.vehicles[pk]
            if vehicle.backup and not metres[pk]:
                continue
            costs += vehicle.per_km_minor * metres[pk] / 1000 + vehicle.availability_minor
            costs += vehicle.per_hour_minor * (0 if vehicle.backup else _out_s(shift)) / _HOUR_S
    subsidies: Counter[str] = Counter()
    for ride in rides:
        subsidies.update(ride.subsidies)
    return {
        "cost_minor": round(costs),
        "fares_minor": sum(each.fare_minor for each in rides),
        "subsidies_minor": dict(sorted(subsidies.items())),
        "quiet": sum(each.change_basis_points < 0 for each in rides),
        "busy": sum(each.change_basis_points > 0 for each in rides),
    }


def _change(before: Sequence[Outcome], now: Sequence[Outcome]) -> Json:
    """How many wishes are served in both, lost and won."""
    pairs = Counter((a.code == SERVED, b.code == SERVED) for a, b in zip(before, now, strict=True))
    return {"both": pairs[True, True], "lost": pairs[True, False], "won": pairs[False, True],
            "neither": pairs[False, False]}  # fmt: skip


def _cells(now: Sequence[Outcome], before: Sequence[Outcome] | None) -> list[Json]:
    """By square of the origin: asked, served, and of those served before how many are lost; the worst loss first.

    Squares with few wishes are told together, without a place.
    """
    asked, served, lost = Counter[tuple[int, int]](), Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for number, each in enumerate(now):
        cell = cell_of(each.ask.wish.origin.lon, each.ask.wish.origin.lat)
        asked[cell] += 1
        served[cell] += each.code == SERVED
        lost[cell] += before is not None and before[number].code == SERVED and each.code != SERVED
    large = [cell for cell in asked if asked[cell] >= FEWEST]
    found: list[Json] = [
        {"lon": round(x * 2 * CELL, 6), "lat": round(y * CELL, 6), "asked": asked[x, y], "served": served[x, y],
         "lost": lost[x, y]}
        for x, y in sorted(large, key=lambda cell: (-lost[cell], -asked[cell], cell))
    ]  # fmt: skip
    small = [cell for cell in asked if asked[cell] < FEWEST]
    if small:
        rest = {"asked": asked, "served": served, "lost": lost}
        found.append({"lon": None, "lat": None} | {name: sum(of[cell] for cell in small) for name, of in rest.items()})
    return found


def cell_of(lon: float, lat: float) -> tuple[int, int]:
    """The square of a place, by its south-western corner."""
    return int(lon // (2 * CELL)), int(lat // CELL)


def _by(played: Played, key: Callable[[Outcome], int], count: int) -> list[list[int]]:
    asked, served = defaultdict[int, int](int), defaultdict[int, int](int)
    for each in played.outcomes:
        asked[key(each)] += 1
        served[key(each)] += each.code == SERVED
    return [[asked[number], served[number]] for number in range(count)]


def _hour(each: Outcome, rules: Rules) -> int:
    return each.ask.wish.at.astimezone(ZoneInfo(rules.timezone)).hour


def _spread(values: Iterable[float]) -> Json:
    """The mean, the middle and what nine of ten stay below."""
    ordered = sorted(values)
    if not ordered:
        return {"mean": 0, "median": 0, "p90": 0}
    last = len(ordered) - 1
    return {
        "mean": round(fmean(ordered), 2),
        "median": round(ordered[last // 2], 2),
        "p90": round(ordered[last * 9 // 10], 2),
    }


def _out_s(shift: Shift) -> float:
    return (shift.end_at - shift.start_at).total_seconds()
