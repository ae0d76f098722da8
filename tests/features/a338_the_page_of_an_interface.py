"""What is known of an interface is read on a page and over the API: by its operator, its government and staff alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.features.a107_statements import member
from tests.features.probed import Probed
from transit.models import Interface, ProbeDay

PAGE = "/register/interfaces/sea-sales"
API = "/api/v1/register/interfaces/sea-sales"


@pytest.fixture
def sea(probed: Probed) -> Interface:
    """A ferry company that was tried, with days behind it."""
    interface = probed.sells("sea", capability="A")
    Interface.objects.filter(pk=interface.pk).update(capability="B")
    today = datetime.now(UTC).date()
    for ago in range(1, 40):
        down = 7200 if ago == 7 else 0
        day = today - timedelta(days=ago)
        ProbeDay.objects.create(interface=interface, day=day, up_s=86400 - down, down_s=down, probes=144)
    probed.asks("sea-sales")
    return interface


def text_of(client: Client, language: str = "en") -> str:
    answer = client.get(PAGE, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("operator_staff", "sea", 200),
        ("operator_staff", "bus", 404),
        ("region_officer", "coast", 200),
        ("region_officer", "hills", 404),
        ("platform_staff", "", 200),
        ("driver", "sea", 404),
    ],
)
def test_who_may_read_it(sea: Interface, role: str, scope: str, status: int) -> None:
    client = member(role, scope)
    assert client.get(PAGE).status_code == status
    for path in ("probes", "evidence"):
        assert client.get(f"{API}/{path}").status_code == status


def test_strangers(sea: Interface, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert client.get(f"{API}/probes").status_code == 404
    assert member("platform_staff", "").get("/register/interfaces/no-such").status_code == 404


def test_what_the_page_says(sea: Interface) -> None:
    page = text_of(member("operator_staff", "sea"))
    assert "Interface sea-sales" in page
    assert "From A, the best, to F: nobody can use it." in page
    assert "Can be reached: yes" in page
    assert "Sells safely: yes" in page
    assert "Hold the same once more, as if the answer had been lost works" in page
    assert "Of 30 days 99.7 %" in page
    assert "A better class was proven: A ." in page
    assert "An officer of the region can accept it." in page
    assert "91.6 % 144 0" in page, "the table says what the chart shows"


@pytest.mark.parametrize(("language", "words"), [("fi", "Arvosana"), ("ja", "評価")])
def test_in_every_language(sea: Interface, language: str, words: str) -> None:
    assert words in text_of(member("operator_staff", "sea"), language)


def test_an_officer_accepts_the_better_class(sea: Interface) -> None:
    staff, officer = member("operator_staff", "sea"), member("region_officer", "coast")
    assert staff.post(f"{PAGE}/capability").status_code == 404
    assert "Accept the better class" in text_of(officer)
    assert officer.get(f"{PAGE}/capability").status_code == 405
    said = [officer.post(f"{PAGE}/capability", follow=True).content.decode() for _ in range(2)]
    assert "The class is accepted." in said[0]
    assert "Nothing is offered any more." in said[1]
    sea.refresh_from_db()
    assert sea.capability == "A"


def test_the_api(probed: Probed, sea: Interface) -> None:
    client = member("region_officer", "coast")
    for _ in range(4):
        probed.later(minutes=10)
        probed.asks("sea-sales")
    pages: list[Any] = []
    cursor = ""
    while True:
        answer = client.get(f"{API}/probes?limit=2{cursor}").json()
        pages.append(answer["probes"])
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert [len(page) for page in pages] == [2, 2, 1]
    assert pages[-1][0]["trial"]["capability"] == "A"
    assert pages[0][0]["trial"] is None
    assert {probe["outcome"] for page in pages for probe in page} == {"FINE"}
    known = client.get(f"{API}/evidence").json()
    assert (known["grade"]["letter"], known["capability"], known["offered_capability"]) == ("A", "B", "A")
    assert known["uptime_30_days"] == pytest.approx(0.9972, abs=0.001)
    assert len(known["days"]) == 90
    assert client.get(f"{API}/probes?limit=0").status_code == 400
