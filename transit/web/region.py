"""The region that the pages are for: its clock, and searches to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transit.journeys.picks import Pick
from transit.models import Region
from transit.routing.query import Location


@dataclass(frozen=True, slots=True)
class Example:
    """A search to begin with."""

    start: Pick
    end: Pick


def examples(language: str) -> list[Example]:
    """The example searches of the region, named in a language where they are."""
    rows = Region.objects.order_by("pk").values_list("examples", flat=True).first() or []
    return [Example(_pick(start, language), _pick(end, language)) for start, end in rows]


def _pick(row: dict[str, Any], language: str) -> Pick:
    name = row.get("names", {}).get(language) or row["name"]
    return Pick(Location(row["lat"], row["lon"], name, row.get("stop_id")))
