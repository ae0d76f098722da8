"""An officer of the region asks over the API what is cut off if a line closes, and has a timetable counted."""

import pytest
from django.test import Client

from tests.features.a107_statements import member
from tests.features.town import Json, Town
from transit import tasks
from transit.models import Study

pytestmark = pytest.mark.db

FEED = """
stop A 60.00 24.00 Asema
stop B 60.10 24.00 Boulevard
stop C 60.20 24.00 Cape
stop D 60.30 24.00 Dock
line 1 bus A 8:00 B 8:10
line 1 bus B 9:00 A 9:10
line 2 bus B 8:30 C 8:40
line 2 bus C 9:30 B 9:40
line 3 ferry D 8:00 C 8:30 D 9:00
"""
STUDIES = "/api/v1/accessibility/studies"
CLOSING = {"kind": "closing", "day": "2026-11-24", "lines": ["coast:2"]}


def ask(client: Client, asked: Json, status: int = 202) -> Json:
    answer = client.post(STUDIES, asked, "application/json", headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer.content
    found: Json = answer.json()
    return found


def read(client: Client, study: Json, language: str = "en") -> Json:
    found: Json = client.get(f"{STUDIES}/{study['code']}", headers={"Accept-Language": language}).json()
    return found


def test_what_is_cut_off(town: Town) -> None:
    town.publish(coast=FEED)
    officer = member("region_officer")
    study = ask(officer, CLOSING)
    assert (study["state"], study["result"]) == ("WAITING", None)
    assert officer.get(f"{STUDIES}/{study['code']}/result").status_code == 404
    tasks.run_studies()
    done = read(officer, study)
    assert (done["state"], done["fault"]) == ("DONE", "")
    assert done["explanation"] == [
        "If coast:2 does not run, 2 stops are cut off from the rest.",
        "Among them: Cape, Dock.",
        "Of all ways from one stop to another, 66.7 % are lost.",
    ]
    assert "Cape, Dock" in read(officer, study, "fi")["explanation"][1]
    found = b"".join(officer.get(done["result"]))
    assert b'"still_served": true' in found
    assert [each["code"] for each in officer.get(STUDIES).json()["studies"]] == [study["code"]]


def test_what_cannot_be_asked_is_said(town: Town) -> None:
    town.publish(coast=FEED)
    officer = member("region_officer")
    assert ask(officer, {"kind": "closing", "day": "2026-11-24"}, 400)["errors"][0]["field"] == "lines"
    assert ask(officer, {"kind": "isochrones", "time": "2026-11-24T08:00"}, 400)["code"] == "invalid"
    study = ask(officer, CLOSING | {"lines": ["coast:7"]})
    tasks.run_studies()
    assert read(officer, study) | {"asked_at": 0, "code": 0} == {
        "code": 0,
        "kind": "closing",
        "state": "FAILED",
        "fault": "These lines do not run on that day: coast:7",
        "asked_at": 0,
        "explanation": [],
        "result": None,
    }


def test_only_planners_ask_and_not_without_end(town: Town) -> None:
    town.publish(coast=FEED)
    officer = member("region_officer")
    study = ask(officer, CLOSING)
    for stranger in (Client(), member("desk_agent")):
        assert stranger.post(STUDIES, CLOSING, "application/json").status_code == 404
        assert stranger.get(STUDIES).status_code == 404
        assert stranger.get(f"{STUDIES}/{study['code']}").status_code == 404
        assert stranger.get(f"{STUDIES}/{study['code']}/result").status_code == 404
        assert stranger.post("/api/v1/accessibility/feeds/coast").status_code == 404
    for _ in range(9):
        ask(officer, CLOSING)
    assert ask(officer, CLOSING, 429)["code"] == "throttled"
    assert Study.objects.count() == 10


def test_a_timetable_is_asked_of_once(town: Town) -> None:
    town.publish(coast=FEED)
    officer = member("region_officer")
    address = "/api/v1/accessibility/feeds/"
    assert officer.post(f"{address}nowhere").status_code == 404
    study = officer.post(f"{address}coast").json()
    assert (study["kind"], study["state"]) == ("feed", "WAITING")
    assert officer.post(f"{address}coast").json()["code"] == study["code"]
