"""Travel times from many places to many, as percentiles over the moments of leaving.

Imported by worker children and commands only: tables of millions of rows are written by polars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

import numpy as np
import polars as pl

from transit.accessibility.question import PERCENTS, Spot, Survey, within
from transit.routing.timetable import UNREACHED


def columns_of(percents: Sequence[float]) -> list[str]:
    """The names of the columns of seconds."""
    return [f"p{percent:g}_s" for percent in percents]


def matrix(
    survey: Survey, origins: Iterable[Spot], destinations: Sequence[Spot], percents: Sequence[float] = PERCENTS
) -> Iterator[pl.DataFrame]:
    """For each origin a table: `from_id`, `to_id`, and seconds by percent.

    Seconds are null where one does not arrive within the limit at so many percent of the moments.
    """
    ends = np.array([(each.lat, each.lon) for each in destinations], np.float64).reshape(-1, 2)
    times = survey.times_to(survey.points(ends[:, 0], ends[:, 1]))
    to_id = pl.Series("to_id", [each.id for each in destinations], pl.String)
    reached = [pl.when(pl.col(name) != int(UNREACHED)).then(pl.col(name)).alias(name) for name in columns_of(percents)]
    for origin in origins:
        found = within(times, origin, percents)
        seconds = dict(zip(columns_of(percents), found, strict=True))
        from_id = pl.lit(origin.id, pl.String).alias("from_id")
        yield pl.DataFrame({"to_id": to_id, **seconds}).select(from_id, "to_id", *reached)


def write_csv(out: TextIO, tables: Iterable[pl.DataFrame]) -> None:
    """One table after the other, under one head; empty where it is not reached."""
    out.writelines(table.write_csv(include_header=number == 0) for number, table in enumerate(tables))
