"""What gtfs-kit counts in a feed: per line and in whole, on a usual working day.

Imported by worker children and commands only: gtfs-kit brings pandas and geopandas, and reads what outsiders sent.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import gtfs_kit

from transit.feeds.archive import Archive
from transit.feeds.notices import FeedError, Notices

NICE = 10
"""Who travels now goes before who plans."""
_TUESDAY = 1
"""It stands for working days."""
_LOOKED_AT = 20


def count_the_timetable(path: str, out: str) -> None:
    """What a worker child does: the statistics of a feed into a file. Raises FeedError."""
    os.nice(NICE)
    Path(out).write_text(json.dumps(statistics(path), ensure_ascii=False), encoding="utf-8")


def statistics(path: str) -> dict[str, Any]:
    """`feed`: facts by name; `lines`: a row for each route that runs on `day`. Raises FeedError."""
    # gtfs-kit has no limits of its own: what our guard refuses it never sees.
    with Archive(Path(path), Notices()):
        pass
    try:
        feed = gtfs_kit.read_feed(path, dist_units="km")
        day = _usual_day(feed)
        whole, lines = feed.compute_network_stats([day]), feed.compute_route_stats([day])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        reason = f"gtfs-kit cannot read this timetable ({type(error).__name__}: {error})."
        raise FeedError(reason[:300], "gtfs_kit_fails") from error
    facts = {
        "agencies": len(feed.agency),
        "stops": len(feed.stops),
        "routes": len(feed.routes),
        "trips": len(feed.trips),
    }
    return {
        "day": day,
        "feed": facts | _row(whole.to_dict("records")),
        "lines": [_plain(row) for row in lines.to_dict("records")],
    }


def _usual_day(feed: Any) -> str:
    """The Tuesday with the most trips, of some that are spread over the timetable. Raises FeedError."""
    days: list[str] = [day for day in feed.get_dates() if date.fromisoformat(day).weekday() == _TUESDAY]
    some = days[:: max(1, len(days) // _LOOKED_AT)]
    trips = {day: len(feed.get_trips(day)) for day in some}
    best = max(trips, key=lambda day: trips[day], default=None)
    if best is None or not trips[best]:
        raise FeedError("On no Tuesday does anything run, so that there is no usual day to count.", "no_usual_day")
    return best


def _row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return _plain(rows[0]) if rows else {}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Values that JSON has: what is missing is null, the numbers of numpy are numbers."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return value if isinstance(value, (int, str, bool)) or value is None else str(value)
