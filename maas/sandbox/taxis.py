"""The taxi of the generated region: it publishes no feed; the register says where and when it drives, for how much."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
_FROM_S, _UNTIL_S = 5 * 3600, 26 * 3600
"""From five in the morning until two at night."""


def taxis_of(about: Json) -> list[Json]:
    """An operator, its service and its taxi, as the register takes them; it drives in the whole region."""
    west, south, east, north = about["bounds"]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    operator = {"code": "taxi", "legal_name": "Rannikkotaksi", "phone": "+358 100 555 010"}
    service = {"agency_id": "taxi:coast", "name": "Rannikkotaksi"}
    taxi = {
        "area": {"type": "Polygon", "coordinates": [ring]},
        "hours": [{"days": list(range(7)), "from": _FROM_S, "until": _UNTIL_S}],
        "timezone": about["timezone"], "wait_s": 600,
        "currency": about["currency"], "base_minor": 590, "per_km_minor": 115, "per_minute_minor": 55,
    }  # fmt: skip
    return [{"operator": operator, "service": service, "taxi": taxi}]
