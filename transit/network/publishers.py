"""Who stands behind the feeds of a network, out of its folder: publishers, credits, offices, and what GTFS-JP adds."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from transit.feeds.extras import Attribution, FeedInfo, Office, Row, TripNotes

FILE = "publishers.json"
NONE = 0xFFFFFFFF


@dataclass(frozen=True)
class Publisher:
    """What one feed says of itself. Ids in it are the feed's own."""

    feed: str
    first_day: str
    """Of service, YYYYMMDD; "" where there is none."""
    last_day: str
    info: FeedInfo
    attributions: tuple[Attribution, ...]
    offices: tuple[Office, ...]
    tables: dict[str, list[Row]]
    """agency_jp, routes_jp and pattern_jp as they stand."""


class Publishers:
    """All feeds of a network."""

    def __init__(self, feeds: tuple[Publisher, ...], notes: tuple[TripNotes, ...]) -> None:
        self.feeds = feeds
        self._notes = notes
        self._offices = {(each.feed, office.id): office for each in feeds for office in each.offices}
        self._credits: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for each in feeds:
            for credit in each.attributions:
                for kind in ("agency", "route", "trip"):
                    if getattr(credit, f"{kind}_id"):
                        self._credits[each.feed, kind, getattr(credit, f"{kind}_id")].append(credit.organization)

    def notes(self, number: int) -> TripNotes | None:
        """What `TripTable.notes` names."""
        return None if number == NONE else self._notes[number]

    def find_office(self, feed: str, office_id: str) -> Office | None:
        """An office of a feed."""
        return self._offices.get((feed, office_id))

    def credits(self, agency_id: str, route_id: str, trip_id: str) -> tuple[str, ...]:
        """Whom to credit for a trip in particular, by outside ids `feed:id`; a run has its trip's credits."""
        if not self._credits:
            return ()
        found = []
        for kind, outside in (("agency", agency_id), ("route", route_id), ("trip", trip_id.rsplit("@", 1)[0])):
            feed, _, key = outside.partition(":")
            found += self._credits.get((feed, kind, key), [])
        return tuple(dict.fromkeys(found))


def read_publishers(folder: Path) -> Publishers:
    """The publishers of a network's folder."""
    content = json.loads((folder / FILE).read_text())
    feeds = tuple(
        Publisher(
            row["feed"],
            row["first_day"],
            row["last_day"],
            FeedInfo(**row["info"]),
            tuple(Attribution(**each | {"roles": tuple(each["roles"])}) for each in row["attributions"]),
            tuple(Office(**each) for each in row["offices"]),
            row["tables"],
        )
        for row in content["feeds"]
    )
    return Publishers(feeds, tuple(TripNotes(**row) for row in content["notes"]))
