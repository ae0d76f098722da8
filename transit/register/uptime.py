"""For how much of the time an interface could be reached, as far as anybody looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import F, Sum

from transit.models import ProbeDay

LONGEST_S: Final = 7200
"""What a probe found holds until the next one, but no longer than this: nobody looked."""
ENOUGH_S: Final = 86_400
"""Of less time no share is taken."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds seen up and down within some days."""

    up_s: int
    down_s: int

    @property
    def seen_s(self) -> int:
        """For how long anybody looked."""
        return self.up_s + self.down_s

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where nobody looked."""
        return self.up_s / self.seen_s if self.seen_s else None


def spans(since: datetime, until: datetime) -> Iterator[tuple[date, int]]:
    """The time between two probes by day (UTC), in seconds."""
    at = since.astimezone(UTC)
    end = min(until.astimezone(UTC), at + timedelta(seconds=LONGEST_S))
    while at < end:
        midnight = datetime.combine(at.date() + timedelta(days=1), time(), UTC)
        yield at.date(), int((min(midnight, end) - at).total_seconds())
        at = min(midnight, end)


def note_span(interface_id: int, since: datetime, until: datetime, *, up: bool) -> None:
    """An interface was up, or down, between two probes."""
    for day, seconds in spans(since, until):
        row, _ = ProbeDay.objects.get_or_create(interface_id=interface_id, day=day)
        column = "up_s" if up else "down_s"
        ProbeDay.objects.filter(pk=row.pk).update(**{column: F(column) + seconds})


def note_probe(interface_id: int, at: datetime, duration_ms: int, *, faulty: bool) -> None:
    """A probe has ended."""
    row, _ = ProbeDay.objects.get_or_create(interface_id=interface_id, day=at.astimezone(UTC).date())
    ProbeDay.objects.filter(pk=row.pk).update(
        probes=F("probes") + 1, faulty=F("faulty") + int(faulty), duration_ms=F("duration_ms") + duration_ms
    )


def uptime(interface_id: int, days: int, now: datetime) -> Uptime:
    """Of the last so many days, today included."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    rows = ProbeDay.objects.filter(interface_id=interface_id, day__gte=first)
    found = rows.aggregate(up=Sum("up_s"), down=Sum("down_s"))
    return Uptime(found["up"] or 0, found["down"] or 0)
