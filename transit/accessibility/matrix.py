"""Travel times from many places to many, as percentiles over the moments of leaving."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TextIO

import numpy as np

from transit.accessibility.question import PERCENTS, Spot, Survey, within
from transit.routing.timetable import UNREACHED

COLUMNS = ("from_id", "to_id")


class Row(NamedTuple):
    """Seconds by percent; None where one does not arrive within the limit at so many percent of the moments."""

    from_id: str
    to_id: str
    seconds: tuple[int | None, ...]


def matrix(
    survey: Survey, origins: Iterable[Spot], destinations: Sequence[Spot], percents: Sequence[float] = PERCENTS
) -> Iterator[Row]:
    """A row for every pair, origin by origin."""
    ends = np.array([(each.lat, each.lon) for each in destinations], np.float64).reshape(-1, 2)
    times = survey.times_to(survey.points(ends[:, 0], ends[:, 1]))
    for origin in origins:
        found = within(times, origin, percents).T.tolist()
        for destination, seconds in zip(destinations, found, strict=True):
            yield Row(origin.id, destination.id, tuple(None if each == UNREACHED else each for each in seconds))


def write_csv(out: TextIO, rows: Iterable[Row], percents: Sequence[float] = PERCENTS) -> None:
    """A column of seconds for each percent; empty where it is not reached."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *(f"p{percent:g}_s" for percent in percents)))
    writer.writerows((row.from_id, row.to_id, *row.seconds) for row in rows)
