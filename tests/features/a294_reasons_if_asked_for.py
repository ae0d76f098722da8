"""Programs that show no reasons need not wait for the searches that find them."""

from __future__ import annotations

from typing import Any

from tests.features.a271_why_nothing_is_found import BAY, STREETS
from tests.features.town import TODAY, VEHICLES, Town


def test_without_reasons(town: Town) -> None:
    town.publish(STREETS, bay=BAY)
    asked: dict[str, Any] = {"from": "bay:H", "to": "bay:M", "time": f"{TODAY}T12:00", "modes": VEHICLES}
    explained, bare = town.get("plan", **asked), town.get("plan", **asked, reasons="false")
    assert [each["code"] for each in explained["reasons"]] == ["later_ride"]
    assert bare == explained | {"reasons": [], "later": bare["later"], "earlier": bare["earlier"]}
