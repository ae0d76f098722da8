"""How the timetables of the register are followed: what is known of each address."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Final

from django.db import models

from transit.models.feed import FeedVersion
from transit.models.interface import Interface

PERIOD: Final = timedelta(hours=1)
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=12)
"""A publisher whose address fails is asked less and less often, down to this."""
SPREAD: Final = 0.2
"""By this share of a pause, at most, one feed is asked later than another: publishers do not hear from all at once."""


class FeedState(models.Model):
    """The last answer of a publisher (RFC 9110 validators included), and how the last attempts to fetch went.

    `candidate` is the newest version that is not in the network yet; `anyway`: a person wants it in spite of what the
    checks say.
    """

    interface = models.OneToOneField(Interface, on_delete=models.CASCADE, related_name="feed_state")
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_fetch_at = models.DateTimeField(null=True, db_index=True)
    candidate = models.ForeignKey(FeedVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    anyway = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.interface.name

    def went_well(self, now: datetime) -> None:
        """The publisher answered, with something new or not."""
        self.checked_at, self.failures, self.error = now, 0, ""
        self.next_fetch_at = now + self._spread(PERIOD, now)
        self.save()

    def went_wrong(self, why: Exception, now: datetime) -> None:
        """An attempt failed; what was fetched before stays."""
        self.error, self.failed_at, self.failures = str(why)[:500], now, self.failures + 1
        pause = min(FIRST_PAUSE * (1 << min(self.failures - 1, 10)), LONGEST_PAUSE)
        self.next_fetch_at = now + self._spread(pause, now)
        self.save(update_fields=["error", "failed_at", "failures", "next_fetch_at"])

    def _spread(self, pause: timedelta, now: datetime) -> timedelta:
        """A pause, or a bit more: by name and time, so that the same moment gives the same answer."""
        share = zlib.crc32(f"{self.interface.name} {now.isoformat()}".encode()) / 2**32
        return pause * (1 + SPREAD * share)
