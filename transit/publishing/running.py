"""What runs on a day by an operator's released seasons, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from transit.models import HostedDeparture, Operator
from transit.register.trip_events import find_latest


@dataclass(frozen=True, slots=True)
class Running:
    """A departure on a day. `start_s`, `end_s` are seconds after the start of the service day."""

    trip_id: str
    line: str
    headsign: str
    start: str
    start_s: int
    end: str
    end_s: int
    cancelled: bool
    delay: timedelta


def list_running(operator: Operator, day: date) -> list[Running]:
    """In the order of their first times."""
    rows = (
        HostedDeparture.objects.filter(pattern__line__service__operator=operator, days__season__state="RELEASED")
        .select_related("pattern__line", "days__season")
        .prefetch_related("pattern__calls__stop")
    )
    today = [row for row in rows if row.days.runs_on(day)]
    said = find_latest(f"{operator.code}:{row.code}@{day.isoformat()}" for row in today)
    found = []
    for row in today:
        trip_id = f"{operator.code}:{row.code}"
        news = said.get(f"{trip_id}@{day.isoformat()}")
        (start, start_s), (end, end_s) = _ends(row)
        late = news.delay if news else timedelta()
        line = row.pattern.line.short_name
        cancelled = bool(news and news.cancelled)
        found.append(Running(trip_id, line, row.pattern.headsign, start, start_s, end, end_s, cancelled, late))
    return sorted(found, key=lambda each: (each.start_s, each.line, each.trip_id))


def _ends(row: HostedDeparture) -> tuple[tuple[str, int], tuple[str, int]]:
    times: Sequence[int | None] = row.times
    calls = [(call.stop.name, at) for call, at in zip(row.pattern.calls.all(), times, strict=True) if at is not None]
    return calls[0], calls[-1]
