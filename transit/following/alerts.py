"""What officers should know of a feed, written down until they are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.dateparse import parse_date

from transit.models import FeedAlert, FeedState, FeedVersion, Interface

ENDS_WITHIN: Final = timedelta(days=14)


def note(interface: Interface, kind: FeedAlert.Kind, reason: str, now: datetime) -> None:
    """Something to be told."""
    FeedAlert.objects.create(interface=interface, kind=kind, reason=reason, at=now)


def note_ending(now: datetime) -> None:
    """Note the timetables that answer and end soon, each once."""
    for version in FeedVersion.objects.filter(state="LIVE", interface__format="GTFS").select_related("interface"):
        last = last_day(version)
        if last is None or last - now.date() > ENDS_WITHIN:
            continue
        state, _ = FeedState.objects.get_or_create(interface=version.interface)
        if state.warned_of_id != version.pk:
            state.warned_of = version
            state.save(update_fields=["warned_of"])
            note(version.interface, FeedAlert.Kind.ENDS, last.isoformat(), now)


def last_day(version: FeedVersion) -> date | None:
    """The last day of service; None where there is none."""
    text = version.summary.get("last_day", "")
    return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}") if text else None
