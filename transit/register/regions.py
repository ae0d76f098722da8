"""Regions as those who book see them: their clock, money and free days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transit.models import Region


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region. `holidays` are its free days with what they are called, by language code."""

    code: str
    name: str
    timezone: str
    currency: str
    holidays: tuple[tuple[date, dict[str, str]], ...]

    def is_holiday(self, day: date) -> bool:
        """Whether a day is free there."""
        return any(each == day for each, _names in self.holidays)


def list_regions() -> list[RegionView]:
    """All regions, the one whose clock the pages show first."""
    return [_view(row) for row in Region.objects.order_by("pk")]


def find_region_of_code(code: str) -> RegionView | None:
    """A region by its code."""
    return next((_view(row) for row in Region.objects.filter(code=code)), None)


def _view(row: Region) -> RegionView:
    holidays = tuple((date.fromisoformat(each["date"]), dict(each.get("names", {}))) for each in row.holidays)
    return RegionView(row.code, row.name, row.timezone, row.currency, holidays)
