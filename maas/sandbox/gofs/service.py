"""What the operator offers, and how it stands at the moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Service:
    """One zone, from 6 to 22 o'clock, every day. `ring` is its border in [lon, lat].

    Levers: `wait_s` None: nobody comes; `silent_s` is how long it takes to answer; `asked` are the queries it got.
    """

    name: str
    ring: list[list[float]]
    timezone: str = "Europe/Helsinki"
    phone: str = "+358401234567"
    seats: int = 8
    wheelchair: str = ""
    window: tuple[str, str] = ("06:00:00", "22:00:00")
    booking_rules: list[Json] = field(default_factory=list)
    queries: tuple[str, ...] = ("wait_time", "realtime_booking")
    wait_s: int | None = 420
    travel_s: int = 900
    cost: float = 12.5
    currency: str = "EUR"
    silent_s: float = 0.0
    asked: list[Json] = field(default_factory=list)

    def document(self, file: str) -> Json | None:
        """The `data` of a file; None where it is not published."""
        make = getattr(self, f"_{file}", None)
        found: Json | None = make() if make else None
        return found

    def _system_information(self) -> Json:
        return {
            "language": "en", "timezone": self.timezone, "name": self.name, "operator": f"{self.name} Ltd",
            "url": "https://oncall.example", "phone_number": self.phone,
        }  # fmt: skip

    def _service_brands(self) -> Json:
        brand = {"brand_id": "van", "brand_name": f"{self.name} van", "brand_color": "1D4F91"}
        return {"service_brands": [brand | {"brand_text_color": "FFFFFF"}]}

    def _vehicle_types(self) -> Json:
        kind = {"vehicle_type_id": "van", "max_capacity": str(self.seats)}
        return {"vehicle_types": [kind | ({"wheelchair_boarding": self.wheelchair} if self.wheelchair else {})]}

    def _zones(self) -> Json:
        geometry = {"type": "Polygon", "coordinates": [self.ring]}
        zone = {"type": "Feature", "zone_id": "all", "properties": {"name": self.name}, "geometry": geometry}
        return {"zones": {"type": "FeatureCollection", "features": [zone]}}

    def _operating_rules(self) -> Json:
        first, last = self.window
        rule = {
            "from_zone_id": "all", "to_zone_id": "all", "start_pickup_window": first, "end_pickup_window": last,
            "calendars": ["daily"], "brand_id": "van", "vehicle_type_id": ["van"], "fare_id": "usual",
        }  # fmt: skip
        return {"operating_rules": [rule]}

    def _calendars(self) -> Json:
        return {"calendars": [{"calendar_id": "daily", "start_date": "20260101", "end_date": "20351231"}]}

    def _fares(self) -> Json:
        far = {"interval": 1.0, "start": 0, "amount": 0.5}
        return {
            "fares": [{"fare_id": "usual", "currency": self.currency, "rider": [{"amount": 3.0}], "kilometer": [far]}]
        }

    def _booking_rules(self) -> Json | None:
        return {"booking_rules": self.booking_rules} if self.booking_rules else None

    def wait_times(self) -> Json:
        """The answer to wait_time."""
        return {"wait_times": [] if self.wait_s is None else [{"brand_id": "van", "wait_time": self.wait_s}]}

    def realtime_booking(self) -> Json:
        """The answer to realtime_booking."""
        if self.wait_s is None:
            return {"realtime_booking": []}
        detail = {"service_name": f"{self.name} van 7", "web_uri": "https://oncall.example/book?van=7"}
        row = {
            "brand_id": "van", "wait_time": self.wait_s, "travel_time": self.travel_s, "travel_cost": self.cost,
            "travel_cost_currency": self.currency, "booking_detail": detail | {"phone_number": self.phone},
        }  # fmt: skip
        return {"realtime_booking": [row]}
