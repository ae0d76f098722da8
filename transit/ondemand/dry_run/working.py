"""What a worker child does with a dry run: play the wishes, and write what came of it into a file.

Imported by worker children only.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import django

django.setup()  # days are made of rows, which are kept in no database

from transit.feeds.notices import FeedError  # noqa: E402
from transit.network.amenities import read_amenities  # noqa: E402
from transit.network.places import Places  # noqa: E402
from transit.network.store import Network, open_network  # noqa: E402
from transit.ondemand.asks import Ask, in_order  # noqa: E402
from transit.ondemand.dry_run.made_up import Point, make_up  # noqa: E402
from transit.ondemand.dry_run.playing import Played, play  # noqa: E402
from transit.ondemand.dry_run.report import LEAST_PAIRS, is_narrow, report  # noqa: E402
from transit.ondemand.rules import Rules  # noqa: E402
from transit.ondemand.streets import roads_for  # noqa: E402
from transit.records import decode  # noqa: E402

Json = dict[str, Any]
NICE: Final = 10
"""Who travels now goes before who plans."""
_AMENITY: Final = 3.0
_STOP: Final = 1.0
_TOO_NARROW: Final = (
    f"Of what was asked these rules allow rides between fewer than {LEAST_PAIRS} pairs of places. Figures of so few"
    " could be traced to people. Choose more weeks, wider rules, or a demand that is made up."
)


def play_the_rules(path: str, out: str) -> None:
    """Play what the file at `path` says. Raises FeedError, which says what to ask instead."""
    os.nice(NICE)
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    rules: Rules = decode(Rules, job["rules"], "rules")
    asks = in_order(_asks(job, rules))
    if not asks:
        raise FeedError("Nobody has asked for a ride in this time. Choose a demand that is made up.", "no_asks")
    network = open_network(Path(job["network"])) if job["network"] else None
    found = _played(job, rules, network, asks)
    if "asks" in job and is_narrow(found):
        raise FeedError(_TOO_NARROW, "too_narrow")
    before = _played(job, decode(Rules, job["before"], "rules"), network, asks) if job["before"] else None
    Path(out).write_text(json.dumps(report(found, before)), encoding="utf-8")


def _played(job: Json, rules: Rules, network: Network | None, asks: list[Ask]) -> Played:
    holidays = frozenset(date.fromisoformat(each) for each in job["holidays"])
    return play(rules, holidays, roads_for(network, rules), asks)


def _asks(job: Json, rules: Rules) -> list[Ask]:
    if "asks" in job:
        return [decode(Ask, each, "ask") for each in job["asks"]]
    days = [date.fromisoformat(each) for each in job["days"]]
    homes, goals = _points(job["network"], rules)
    # Those whose trains and shops lie beyond the zones are not counted: nobody can ask for them.
    open_rules = replace(rules, pairs=())
    try:
        return make_up(job["service"], open_rules, homes, goals, days, job["per_week"], job["seed"])
    except ValueError as error:
        raise FeedError(f"No demand can be made up: {error}.", "no_points") from error


def _points(network: str, rules: Rules) -> tuple[list[Point], list[Point]]:
    """Where people live (houses with a number, else streets) and what they go to."""
    goals = [Point(each.lon, each.lat, _AMENITY) for each in rules.stops]
    if not network:
        return [], goals
    folder, box = Path(network), _box(rules)
    places = Places(folder / "places.sqlite")
    homes = places.spots("address", box) or places.spots("street", box)
    found = read_amenities(folder)
    amenities = zip(found.lon.tolist(), found.lat.tolist(), strict=True)
    goals += [Point(lon, lat, _AMENITY) for lon, lat in amenities if _holds(box, lon, lat)]
    goals += [Point(*each, _STOP) for kind in ("station", "stop") for each in places.spots(kind, box)]
    return [Point(*each) for each in homes], goals


def _box(rules: Rules) -> tuple[float, float, float, float]:
    corners = [corner for zone in rules.zones for ring in zone.rings for corner in ring]
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return (min(lons), min(lats), max(lons), max(lats)) if corners else (0.0, 0.0, 0.0, 0.0)


def _holds(box: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north
