"""How it stands is noted every day, so that it is known since when something is gone; operators are told in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from time_machine import Traveller as Clock

from maas.accounts.tasks import send_letters
from tests.features.duties import interface, letters, operator, region, state, sweep, text
from tests.feeds import NOW
from transit.models import DutyRun, ProbeState, Region, Service

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def coast() -> Region:
    found = region()
    operator("bus", found)
    return found


def test_since_when_it_is_gone(coast: Region, client: Client, monday: Clock) -> None:
    state(coast)
    feed = interface("bus")
    sweep("2026-11-20", "2026-11-21", "2026-11-22")
    feed.delete()
    assert "Late since 23 November 2026." in text(client, "/register/duty")
    sweep("2026-11-23", "2026-11-24")
    interface("bus")
    sweep("2026-11-25")
    monday.move_to("2026-11-25T13:00:00Z")
    page = text(client, "/register/duty/bus")
    assert "Fulfilled Bus line" in page
    assert "Earlier Bus line, data: late, 23 November 2026 – 24 November 2026" in page
    assert "fulfilled, 20 November 2026 – 22 November 2026" in page


def test_an_interface_that_no_longer_answers(coast: Region, client: Client) -> None:
    state(coast)
    silent = ProbeState.objects.create(interface=interface("bus"), next_at=NOW, down_since=NOW - timedelta(days=6))
    assert "Fulfilled Bus line" in text(client, "/register/duty/bus")
    ProbeState.objects.filter(pk=silent.pk).update(down_since=NOW - timedelta(days=8))
    assert "Late since 16 November 2026." in text(client, "/register/duty/bus")


def test_the_last_time_of_a_day_counts(coast: Region, client: Client) -> None:
    state(coast)
    sweep("2026-11-20", "2026-11-21")
    interface("bus")
    sweep("2026-11-21", "2026-11-21")
    assert [(run.standing, run.first_day.day, run.last_day.day) for run in DutyRun.objects.order_by("pk")] == [
        ("late", 20, 20),
        ("fulfilled", 21, 21),
    ]
    Service.objects.update(kind="")
    sweep("2026-11-22")
    assert not DutyRun.objects.filter(current=True).exists(), "nothing is owed any more"


def test_told_before_and_when_late(coast: Region, monday: Clock) -> None:
    for level in (1, 3):
        state(coast, level=level, due_on=date(2026, 12, 31))
    monday.move_to("2026-12-31T13:00:00Z")
    sweep("2026-11-23")
    assert letters() == []
    sweep("2026-12-01", "2026-12-02", "2026-12-23")
    assert letters() == ["office@bus.example: Your duty to disclose falls due soon"]
    sweep("2026-12-24", "2026-12-25")
    assert letters() == ["office@bus.example: Your duty to disclose falls due soon"]
    sweep("2027-01-01", "2027-01-02", "2027-02-02")
    monday.move_to("2027-02-02T13:00:00Z")
    send_letters()
    (letter,) = mail.outbox
    assert letter.subject == "You are late with your duty to disclose"
    assert "Bus line, data: timetable, stops, routes" in letter.body
    assert "Bus line, sales: booking, ticket sales, payment" in letter.body
    assert "/operators/bus/duty" in letter.body


def test_what_is_mended_meanwhile_is_not_told(coast: Region, monday: Clock) -> None:
    state(coast)
    sweep("2026-11-23")
    interface("bus")
    monday.move_to("2026-11-23T13:00:00Z")
    assert letters() == []


def test_told_in_the_language_of_the_region(coast: Region, monday: Clock) -> None:
    Region.objects.update(languages=["sv", "fi"])
    state(coast)
    sweep("2026-11-23")
    monday.move_to("2026-11-23T13:00:00Z")
    assert letters() == ["office@bus.example: Olette myöhässä tietojen avaamisessa"]
