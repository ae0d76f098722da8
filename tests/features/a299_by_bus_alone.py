"""A planner asks how far one gets by some vehicles alone, or without changing: by shell, API and page."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from tests.features.a107_statements import member
from tests.features.a292_the_page_of_planners import ASKED, answered, rows
from tests.features.town import Town
from transit import tasks

FEED = """
stop A 60.0000 24.0000 Asema
stop B 60.0000 24.0500 Boulevard
stop C 60.0000 24.1000 Cape
every 20 until 12:00 line 1 bus A 6:00 B 6:10
every 20 until 12:00 line 2 bus B 6:15 C 6:25
every 20 until 12:00 line 3 rail A 6:00 C 6:40
"""
STREETS = "street residential 60.0000,24.0000 60.0000,24.0500 60.0000,24.1000 # Long Street"


def seconds(*wishes: str) -> dict[tuple[str, str], str]:
    """The half of all travel times by pair of stops."""
    out = io.StringIO()
    call_command("accessibility", "matrix", "--at", "2026-11-24T08:00", "--walk", "5", *wishes, stdout=out)
    table = csv.DictReader(io.StringIO(out.getvalue()))
    return {(row["from_id"][-1], row["to_id"][-1]): row["p50_s"] for row in table}


def test_from_the_shell(town: Town) -> None:
    town.publish(STREETS, rail=FEED)
    free, by_bus, by_rail = seconds(), seconds("--modes", "bus"), seconds("--modes", "rail")
    once = seconds("--vehicles", "1")
    # A vehicle comes every twenty minutes: half of the moments wait nine; two buses take 25 minutes, the train 40.
    assert [each["A", "C"] for each in (free, by_bus, by_rail, once)] == ["2040", "2040", "2940", "2940"]
    assert [each["A", "B"] for each in (free, by_bus, by_rail, once)] == ["1140", "1140", "", "1140"]
    assert seconds("--vehicles", "1", "--modes", "bus")["A", "C"] == ""
    for wrong in (("--modes", "rocket"), ("--modes", "walk"), ("--vehicles", "-1")):
        with pytest.raises(CommandError):
            seconds(*wrong)


def test_over_the_api_and_on_the_page(town: Town) -> None:
    town.publish(STREETS, rail=FEED)
    officer = member("region_officer")
    ends = [{"id": "A", "lat": 60.0, "lon": 24.0}, {"id": "C", "lat": 60.0, "lon": 24.1}]
    asked = {"kind": "matrix", "time": "2026-11-24T08:00", "origins": ends, "destinations": ends, "max_walk_s": 300}
    for wishes, expected in (({}, "2040"), ({"modes": ["rail"]}, "2940"), ({"max_vehicles": 1}, "2940")):
        sent = officer.post("/api/v1/accessibility/studies", asked | wishes, content_type="application/json")
        assert sent.status_code == 202, sent.content
        tasks.run_studies()
        found = officer.get(f"/api/v1/accessibility/studies/{sent.json()['code']}").json()
        table = officer.get(found["result"])
        body = b"".join(table.streaming_content) if table.streaming else table.content  # type: ignore[attr-defined]
        (row,) = [each for each in csv.DictReader(io.StringIO(body.decode())) if each["from_id"] < each["to_id"]]
        assert row["p50_s"] == expected, wishes
    refused = officer.post(
        "/api/v1/accessibility/studies", asked | {"modes": ["walk"]}, content_type="application/json"
    )
    assert refused.status_code == 400
    form = officer.get("/planning").content.decode()
    assert 'value="bus"' in form
    assert 'value="tram"' not in form, "no tram runs here"
    page = answered(officer, ASKED | {"modes": ["bus"], "vehicles": "1"})
    assert "Only by: Bus" in page
    assert "In one vehicle, without changing" in page
    limited, free = (float(rows(each)[-1][1]) for each in (page, answered(officer, ASKED)))
    assert limited < free
