"""Who stands behind the feeds, into a network's folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from transit.feeds.extras import TripNotes
from transit.network.folder import Writer
from transit.network.merge import Merged
from transit.network.publishers import FILE, NONE


def write_publishers(writer: Writer, merged: Merged) -> None:
    """The file, and for every trip the number of its notes."""
    numbers: dict[TripNotes, int] = {}
    column: list[int] = []
    rows: list[dict[str, Any]] = []
    for feed in merged.feeds:
        extras, summary = feed.gtfs.extras, feed.gtfs.summary
        for trip in feed.gtfs.trips.template:
            notes = extras.trip_notes.get(trip)
            column.append(NONE if notes is None else numbers.setdefault(notes, len(numbers)))
        rows.append(
            {
                "feed": feed.name,
                "first_day": summary["first_day"],
                "last_day": summary["last_day"],
                "info": asdict(extras.info),
                "attributions": [asdict(each) for each in extras.attributions],
                "offices": [asdict(each) for each in extras.offices],
                "tables": extras.tables,
            }
        )
    writer.array("trips.notes", np.array(column, np.uint32))
    content = {"feeds": rows, "notes": [asdict(notes) for notes in numbers]}
    (writer.folder / FILE).write_text(json.dumps(content, ensure_ascii=False))
