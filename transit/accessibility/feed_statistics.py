"""What gtfs-kit counts in a feed: per line and in whole, on its first full week.

Imported by worker children and commands only: gtfs-kit brings pandas and geopandas, and reads what outsiders sent.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import gtfs_kit

from transit.feeds.archive import Archive
from transit.feeds.notices import FeedError, Notices

NICE = 10
"""Who travels now goes before who plans."""
_WEEKDAY = 1
"""The second day of the week is the one that stands for working days."""


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
        week = feed.get_first_week()
        if not week:
            raise FeedError("The timetable has no whole week, so that there is no usual day to count.", "no_week")
        day = week[_WEEKDAY]
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
