"""Which day it is where the desk is."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from transit.register.regions import RegionView, list_regions


def today_here(now: datetime) -> tuple[date, RegionView | None]:
    """The date of the desk's region, and the region."""
    regions = list_regions()
    zone = ZoneInfo(regions[0].timezone if regions else "UTC")
    return now.astimezone(zone).date(), regions[0] if regions else None
