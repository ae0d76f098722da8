"""What worker children do with a feed: read it whole, and say as JSON what is in it and what is wrong.

Imported by worker children only.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from transit.feeds import gtfs
from transit.feeds.notices import FeedError, Notices


def read_the_feed(path: str) -> dict[str, Any]:
    """`summary` in numbers, `losses`, `contents` and `notices`; `reason` and its `code` where it cannot be used."""
    notices = Notices()
    said: dict[str, Any] = {}
    try:
        feed = gtfs.read_gtfs(Path(path), notices)
        said |= {"summary": feed.summary, "losses": feed.losses, "contents": _contents(feed)}
    except FeedError as error:
        said |= {"reason": str(error), "code": error.code}
    return {**said, "notices": [asdict(row) for row in notices.list()]}


def _contents(feed: gtfs.Gtfs) -> dict[str, Any]:
    """The agencies, and how many there are of what a feed need not have."""
    return {
        "agencies": [agency.id for agency in feed.agencies],
        "fares": len(feed.fares.fares) + len(feed.tariff.leg_rules),
        "wheelchair": int((feed.stops.wheelchair > 0).sum() + (feed.trips.wheelchair > 0).sum()),
        "shapes": len(feed.shapes.index),
        "booking_rules": len(feed.flex.rides),
    }
