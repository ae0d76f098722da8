"""An officer of the region asks on a page: how far one gets, what one reaches, what a timetable holds."""

import re
from collections.abc import Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from maas.accounts.models import User
from tests.features.a107_statements import member
from tests.features.a290_how_far_one_gets import FEED, STREETS
from tests.features.town import Town
from transit import tasks
from transit.models import FeedVersion, Study

ASKED = {
    "kind": "isochrones",
    "place_text": "Asema",
    "place_at": "60.00000,24.00000~~Asema",
    "date": "2026-11-24",
    "time": "08:00",
    "limit": "60",
    "walk": "5",
    "percent": "50",
}


@pytest.fixture
def officer(town: Town) -> Client:
    town.publish(STREETS, coast=FEED)
    return member("region_officer")


def answered(officer: Client, asked: Mapping[str, object]) -> str:
    """The page of a question when it is answered."""
    sent: HttpResponse = officer.post("/planning", asked)  # type: ignore[assignment]
    assert sent.status_code == 302, sent.content.decode()
    assert "Check again" in officer.get(sent.headers["Location"]).content.decode()
    tasks.run_studies()
    page = officer.get(sent.headers["Location"]).content.decode()
    assert "Check again" not in page
    return page


def rows(page: str) -> list[list[str]]:
    """The cells of the tables."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row)] for row in found]


def test_how_far_one_gets(officer: Client) -> None:
    page = answered(officer, ASKED)
    assert "How far one gets from a place: Asema" in page
    near, middle, far = [row for row in rows(page) if row]
    assert [near[0], middle[0], far[0]] == ["20", "40", "60"]
    assert (near[2:], far[2:]) == (["1", "1"], ["2", "1"])
    assert float(near[1]) < float(middle[1]) <= float(far[1])
    assert '"level": 2' in page
    assert "how far one gets" in officer.get("/planning").content.decode().lower()


def test_what_one_reaches_of_ones_own(officer: Client) -> None:
    jobs = SimpleUploadedFile("jobs.csv", b"lat,lon,weight,theme\n60.0,24.1001,120,jobs\n")
    page = answered(officer, ASKED | {"kind": "opportunities", "opportunities": jobs})
    assert rows(page)[1][:2] == ["20", "jobs"]
    assert rows(page)[3][3] == "120"


def test_what_is_wrong_is_said(officer: Client) -> None:
    unknown = officer.post("/planning", ASKED | {"place_at": "", "place_text": "Asem"})
    assert unknown.status_code == 422
    assert "Please choose a place from the list." in unknown.content.decode()
    chosen = officer.post(
        "/planning", ASKED | {"place_at": "", "place_text": "Asem", "choice": "60.0,24.0~coast:A~Asema"}
    )
    assert chosen.status_code == 302
    assert 'value="60.00000,24.00000~coast:A~Asema"' in unknown.content.decode()
    assert (
        "Please name the line." in officer.post("/planning", {"kind": "closing", "day": "2026-11-24"}).content.decode()
    )
    bad = SimpleUploadedFile("jobs.csv", b"\xff\xfe")
    assert "UTF-8" in officer.post("/planning", ASKED | {"opportunities": bad}).content.decode()
    assert officer.post("/planning", {"kind": "feed", "feed": "nowhere"}).status_code == 404


def test_what_hangs_on_what_and_what_is_counted(officer: Client) -> None:
    assert "Links without another way around" in answered(officer, {"kind": "critical", "day": "2026-11-24"})
    counted = answered(officer, {"kind": "feed", "feed": "coast"})
    assert ["Stops", "3"] in rows(counted)
    assert any(row[:2] == ["1", "19"] for row in rows(counted) if row)
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff@example.com", "x"))
    version = FeedVersion.objects.get(interface__name="coast")
    code = Study.objects.get(feed_version=version).code
    page = staff.get(f"/admin/transit/feedversion/{version.pk}/change/").content.decode()
    assert f'<a href="/planning/{code}">2026-11-23</a>' in page


def test_the_page_is_for_planners(officer: Client) -> None:
    sent = officer.post("/planning", {"kind": "islands", "day": "2026-11-24"})
    assert Client().get("/planning").headers["Location"].startswith("/accounts/login/")
    resident = member("inspector")
    assert resident.get("/planning").status_code == 404
    link = 'href="/planning"'
    assert link in officer.get("/").content.decode()
    assert link not in resident.get("/").content.decode()
    assert link not in Client().get("/").content.decode()
    assert resident.get(sent.headers["Location"]).status_code == 404
    assert officer.get("/planning/unknown").status_code == 404
