"""What officers are told of a feed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.dateparse import parse_date

from transit.models import FeedVersion, Interface
from transit.register import letters

ENDS_WITHIN: Final = timedelta(days=14)


def note(interface: Interface, kind: str, reason: str, now: datetime) -> None:
    """Something to be told: `waits`, `rejected` or `silent`."""
    letters.write(
        f"feed_{kind}", f"feed:{interface.pk}:{kind}:{now.isoformat()}", now, interface=interface, reason=reason
    )


def note_ending(now: datetime) -> None:
    """Note the timetables that answer and end soon, each once."""
    for version in FeedVersion.objects.filter(state="LIVE", interface__format="GTFS").select_related("interface"):
        last = last_day(version)
        if last is None or last - now.date() > ENDS_WITHIN:
            continue
        key = f"feed:{version.interface_id}:ends:{version.pk}"
        letters.write("feed_ends", key, now, interface=version.interface, reason=last.isoformat())


def last_day(version: FeedVersion) -> date | None:
    """The last day of service; None where there is none."""
    text = version.summary.get("last_day", "")
    return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}") if text else None
