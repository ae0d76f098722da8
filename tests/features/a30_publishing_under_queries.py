"""New timetables are published while people search: nobody notices but for the new departures."""

import threading
from typing import Any

import httpx
import pytest

from tests.features import lines
from tests.features.market import Market

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
"""
ASKED = {"from": "coast:H", "to": "coast:M", "time": "2026-11-24T08:00:00+02:00", "modes": "bus", "window": "0"}


def test_no_request_fails(market: Market, live_server: Any) -> None:
    market.publish(coast=COAST)
    seen: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = httpx.get(f"{live_server.url}/api/v1/plan", params=ASKED, trust_env=False, timeout=20)
            found = answer.json().get("itineraries", [])
            seen.append(lines.journey(found[0]) if found else f"{answer.status_code} {answer.text}")

    residents = [threading.Thread(target=ask) for _ in range(3)]
    for resident in residents:
        resident.start()
    try:
        for minute in ("07", "08"):
            market.publish(coast=COAST.replace("8:06", f"8:{minute}"))
    finally:
        stop.set()
        for resident in residents:
            resident.join()
    assert set(seen) == {f"08:{minute} Bus 1 Harbour–Market 08:15" for minute in ("06", "07", "08")}
