"""What we ask an operator, in TOMP's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


def stop_reference(prefix: str, stop_id: str) -> str:
    """A stop of one of the operator's data sources (TOMP placeReference)."""
    return f"{prefix}:{stop_id}"


def gps_reference(lon: float, lat: float) -> str:
    """A point, longitude first: TOMP leaves the order open, its own migration to 2.0 puts x before y."""
    return f"gps:{lon:.6f},{lat:.6f}"


@dataclass(frozen=True, slots=True)
class Traveller:
    """Somebody who rides. `profile` is the rider category by the operator's name (TOMP userProfileReference),
    `mobility_needs` are values of TOMP prmNeeds.mobilityNeed.
    """

    id: str
    age: int | None = None
    profile: str | None = None
    mobility_needs: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """TOMP traveller."""
        found: dict[str, Any] = {"type": "traveller", "id": self.id}
        if self.age is not None:
            found["characteristics"] = {"age": self.age}
        if self.profile is not None:
            found["profile"] = self.profile
        if self.mobility_needs:
            found["requirements"] = {"prmNeeds": [{"mobilityNeed": need} for need in self.mobility_needs]}
        return found


@dataclass(frozen=True, slots=True)
class Search:
    """A ride that we want offers for. A scheduled one names its service journeys and their service day."""

    origin: str
    destination: str
    start_at: datetime | None = None
    end_at: datetime | None = None
    travellers: tuple[Traveller, ...] = ()
    service_journeys: tuple[str, ...] = ()
    travel_date: date | None = None

    def document(self) -> dict[str, Any]:
        """TOMP searchOfferRequest: a travelSpecification, or a tripPattern when service journeys are named."""
        wanted: dict[str, Any] = {"type": "travelSpecification", "from": self.origin, "to": self.destination}
        if self.start_at is not None:
            wanted["startTime"] = _written(self.start_at)
        if self.end_at is not None:
            wanted["endTime"] = _written(self.end_at)
        if self.service_journeys:
            wanted |= {"type": "tripPattern", "serviceJourneys": list(self.service_journeys)}
            if self.travel_date is not None:
                wanted["travelDate"] = self.travel_date.isoformat()
        return {
            "type": "searchOffer",
            "specification": wanted,
            "travellers": [traveller.document() for traveller in self.travellers],
        }


def _written(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without an offset means nothing to an operator")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
