"""Windows of time, and the parts of them that the timetable of one day can answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from transit.journeys.engine import Engine
from transit.journeys.instants import instant

HOUR_S = 3600
# A journey that arrives by a time may last so long before it and still be inside one day's window.
LONGEST_S = 12 * HOUR_S
# What one day's timetable can answer, in seconds after the day's start: departures that have ten hours left to arrive,
# arrivals that have ten hours behind them. Wider windows are searched in parts.
DEPARTURES_UNTIL_S = 26 * HOUR_S
ARRIVALS_FROM_S, ARRIVALS_UNTIL_S = 7 * HOUR_S, 36 * HOUR_S


class Window(NamedTuple):
    """A window in Unix seconds, both included. `from_start`: it grows from its start; else the other way round."""

    from_at: int
    until_at: int
    from_start: bool

    def holds(self, at: int) -> bool:
        """Whether a second is in it."""
        return self.from_at <= at <= self.until_at

    def joined(self, other: Window) -> Window:
        """The window together with one beside it."""
        return Window(min(self.from_at, other.from_at), max(self.until_at, other.until_at), self.from_start)


def parts_of(engine: Engine, arrive_by: bool, window: Window) -> Iterator[Window]:
    """A window in parts that the timetable of one day can answer, in the direction in which it grows."""
    low, high, from_start = window
    while low <= high:
        start_at = engine.day_start(instant(day_at(arrive_by, Window(low, high, from_start))))
        if from_start:
            end = start_at + (ARRIVALS_UNTIL_S if arrive_by else DEPARTURES_UNTIL_S) - 1
            part = Window(low, min(high, end), True)
            low = part.until_at + 1
        else:
            part = Window(max(low, start_at + (ARRIVALS_FROM_S if arrive_by else 0)), high, False)
            high = part.from_at - 1
        yield part


def day_at(arrive_by: bool, window: Window) -> int:
    """A moment of the day whose timetable answers most of a window, from where it grows."""
    if window.from_start:
        return window.from_at - (ARRIVALS_FROM_S if arrive_by else 0)
    return window.until_at - (LONGEST_S if arrive_by else DEPARTURES_UNTIL_S - 24 * HOUR_S)
