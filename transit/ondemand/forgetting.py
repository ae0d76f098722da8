"""Where somebody was met and set down, and why they rode, is forgotten once nobody can ask about the ride any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from transit.models import Ride

KEPT: Final = timedelta(days=30)
"""After a ride was to be over, whatever has become of it."""
_DECIMALS: Final = 2
"""Of degrees: about a kilometre, which is a village and nobody's home."""
_AT_ONCE: Final = 500
_PLACES: Final = ("origin_lon", "origin_lat", "destination_lon", "destination_lat")


def forget(now: datetime) -> int:
    """Round the places of rides and empty group, purpose and code, which tells that it is done; returns how many."""
    due = Ride.objects.filter(arrive_by__lte=now - KEPT).exclude(code="")
    count = 0
    while rows := list(due.order_by("pk")[:_AT_ONCE]):
        for row in rows:
            row.group = row.purpose = row.code = ""
            for name in _PLACES:
                setattr(row, name, round(getattr(row, name), _DECIMALS))
        count += Ride.objects.bulk_update(rows, ["group", "purpose", "code", *_PLACES])
    return count
