"""The last good GTFS-Realtime message of every interface: kept as it came, in `realtime/<interface>/<kind>.pb`.

One interface is one address. A message that holds several kinds of entities is kept whole under each of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings

from transit.feeds import aside
from transit.models import RealtimeState

STALE_AFTER: Final = timedelta(minutes=5)
"""What was said longer ago is shown as perhaps outdated."""
DROPPED_AFTER: Final = timedelta(minutes=15)
"""What was said longer ago counts for nothing any more: the timetable alone holds."""


class Kind(StrEnum):
    """What an entity of a message is about; the name of the file."""

    TRIP_UPDATES = "trip_updates"
    VEHICLE_POSITIONS = "vehicle_positions"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The last good message of an interface, for one kind of its entities; `feed` prefixes the ids in it.

    `header_at` is the time that the message itself states, `checked_at` when it was last known to be the newest.
    """

    interface: str
    feed: str
    kind: Kind
    path: Path
    sha256: str
    header_at: datetime
    received_at: datetime
    checked_at: datetime

    @property
    def said_at(self) -> datetime:
        """The moment for which it holds. Alerts hold as long as nothing else is said, and many publishers keep their
        time; predictions and positions age.
        """
        return self.checked_at if self.kind is Kind.ALERTS else self.header_at

    def is_stale(self, now: datetime) -> bool:
        """Whether it is perhaps outdated."""
        return now - self.said_at > STALE_AFTER

    def is_dropped(self, now: datetime) -> bool:
        """Whether it counts for nothing any more."""
        return now - self.said_at > DROPPED_AFTER


def last_messages(kind: Kind | None = None) -> list[LastMessage]:
    """The last good messages, of one kind or all, by interface; also those that count for nothing any more."""
    rows = RealtimeState.objects.exclude(header_at=None).select_related("interface__of").order_by("interface__name")
    return [
        LastMessage(
            row.interface.name, row.interface.of.name, each, path, row.sha256,
            row.header_at, row.received_at or row.header_at, row.checked_at or row.header_at,
        )
        for row in rows
        if row.header_at and row.interface.of
        for each in ([kind] if kind else Kind)
        if (path := message_path(row.interface.name, each)).is_file()
    ]  # fmt: skip


def message_path(interface: str, kind: Kind) -> Path:
    """Where the last good message of an interface is kept."""
    return Path(settings.DATA_DIR) / "realtime" / interface / f"{kind}.pb"


def keep_message(interface: str, kinds: set[Kind], content: bytes) -> None:
    """Keep a message under its kinds, and in place of what the interface said before of others."""
    before = {kind for kind in Kind if message_path(interface, kind).is_file()}
    for kind in sorted(kinds | before) or [Kind.TRIP_UPDATES]:
        path = message_path(interface, kind)
        with aside.file(path.parent, ".incoming-") as (descriptor, written):
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
            written.replace(path)
