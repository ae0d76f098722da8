"""A place that takes more vehicles than usual: it is said, and the search that allows them is one link away."""

from __future__ import annotations

import re
from html import unescape

from tests.features.a271_why_nothing_is_found import reasons
from tests.features.town import TODAY, Town

STOPS = "ABCDEFGHI"
"""Eight buses one after the other, 20 km each."""
CHAIN = "\n".join(
    [f"stop {name} 60.1000 {24.0 + 0.36 * i:.2f} Stop {name}" for i, name in enumerate(STOPS)]
    + [f"line {i} bus {STOPS[i - 1]} {7 + i}:00 {STOPS[i]} {7 + i}:30" for i in range(1, len(STOPS))]
)


def test_more_vehicles_than_usual(town: Town) -> None:
    town.publish(chain=CHAIN)
    assert len(town.journeys("chain:A", "chain:G", "08:00")) == 1, "six are taken without being asked for"
    (few,) = reasons(town, "chain:A", "chain:I", "08:00")
    assert (few["code"], few["change"]) == ("too_few_vehicles", {"max_vehicles": "8"})
    assert town.plan("chain:A", "chain:G", "08:00", max_vehicles="5") == []
    town.get("plan", status=400, **{"from": "chain:A", "to": "chain:I", "max_vehicles": "13"})


def test_the_page_leads_there(town: Town) -> None:
    town.publish(chain=CHAIN)
    ends = {"from_at": "60.1,24.00~chain:A~Stop A", "to_at": "60.1,26.88~chain:I~Stop I"}
    asked = ends | {"when": "leave", "date": TODAY, "time": "08:00"}
    page = unescape(town.client.get("/journeys", asked).content.decode())
    assert "There is a way with more changes." in page
    (address,) = re.findall(r'href="([^"]*max_vehicles=8[^"]*)"', page)
    found = unescape(town.client.get(address).content.decode())
    assert "7 h 30 min" in found
    (search,) = re.findall(r'href="(/\?[^"]*max_vehicles=8[^"]*)"', found)[:1]
    again = town.client.get(search).content.decode()
    assert 'name="max_vehicles" value="8"' in again, "kept while one searches on"
