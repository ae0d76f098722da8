"""A place that was picked, as one form value: `lat,lon~feed:stop~name`."""

from __future__ import annotations

from dataclasses import dataclass

from transit.routing.query import Location


@dataclass(frozen=True, slots=True)
class Pick:
    """A picked place. Five decimals of a degree are about a metre, and more would say more of a person than needed."""

    location: Location

    @property
    def name(self) -> str:
        """What the place is called."""
        return self.location.name

    @property
    def value(self) -> str:
        """The form value."""
        place = self.location
        return f"{place.lat:.5f},{place.lon:.5f}~{place.stop_id or ''}~{place.name}"

    @classmethod
    def find(cls, value: str, text: str | None) -> Pick | None:
        """The pick of a form value, unless it is malformed or the text beside it was changed afterwards."""
        try:
            point, stop_id, name = value.split("~", 2)
            lat, lon = point.split(",")
            place = Location(float(lat), float(lon), name.strip(), stop_id or None)
        except ValueError:
            return None
        return None if text is not None and text.strip() not in ("", place.name) else cls(place)
