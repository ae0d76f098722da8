"""Whatever a region has to know reaches somebody: its mailbox, else its officers, else the platform's staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from time_machine import Traveller as Clock

from maas.accounts.tasks import send_letters
from tests.features.a313_asking_for_access import asked, shop
from tests.features.duties import letters, person, sweep
from transit.models import Letter, Region, Supervision

__all__ = ["shop"]
OFFICER, ELSEWHERE, STAFF = ("region_officer", "coast"), ("region_officer", "hills"), ("platform_staff", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mailbox", "people", "told"),
    [
        ("duty@coast.example", {"o@coast.example": OFFICER, "s@site.example": STAFF}, ["duty@coast.example"]),
        ("", {"o@coast.example": OFFICER, "p@coast.example": OFFICER, "s@site.example": STAFF},
         ["o@coast.example", "p@coast.example"]),
        ("", {"o@hills.example": ELSEWHERE, "s@site.example": STAFF}, ["s@site.example"]),
    ],
)  # fmt: skip
def test_an_operator_is_silent(
    shop: Client, monday: Clock, mailbox: str, people: dict[str, tuple[str, str]], told: list[str]
) -> None:
    Supervision.objects.create(region=Region.objects.get(), email=mailbox)
    for email, role in people.items():
        person(email, role)
    asked(shop)
    letters()
    sweep("2027-11-23")
    monday.move_to("2027-11-23T12:00:00Z")
    sent = [each for each in letters() if "does not answer a provider" in each]
    assert [each.partition(":")[0] for each in sent] == told
    assert letters() == [], "once each"


def ignored(shop: Client, clock: Clock, *officers: str) -> Letter:
    """A letter that waits for some officers: an operator does not answer."""
    for email in officers:
        person(email, OFFICER)
    asked(shop)
    letters()
    sweep("2027-11-23")
    clock.move_to("2027-11-23T12:00:00Z")
    return Letter.objects.get(sent_at=None)


@pytest.mark.django_db
def test_an_address_that_no_letter_can_have(shop: Client, monday: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """It keeps back no other, is tried once, and does not stand in the log."""
    row = ignored(shop, monday, f"o@{'y' * 70}\u00e4.example", "p@coast.example")
    assert [each.partition(":")[0] for each in letters()] == ["p@coast.example"]
    row.refresh_from_db()
    assert (row.outcome, row.attempts) == ("sent", 1)
    assert "yyy" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("lost", [False, True])
def test_a_slow_mail_server(shop: Client, monday: Clock, monkeypatch: pytest.MonkeyPatch, lost: bool) -> None:
    """A worker that is at it keeps the letter; one that was taken for dead leaves the rest to the other."""
    officers = [f"{each}@coast.example" for each in "nopq"]
    row, send, busy = ignored(shop, monday, *officers), EmailBackend.send_messages, [False]

    def slow(backend: EmailBackend, messages: Any) -> int:
        count = send(backend, messages)
        if not busy[0]:
            monday.shift(timedelta(seconds=200 if lost else 70))
            busy[0] = True
            send_letters()
            busy[0] = False
        return count

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    told = [each.partition(":")[0] for each in letters()]
    assert told == (officers[:1] + officers if lost else officers)
    row.refresh_from_db()
    assert row.outcome == "sent"


@pytest.mark.django_db
def test_what_cannot_be_written_is_not_tried_for_ever(monday: Clock, caplog: pytest.LogCaptureFixture) -> None:
    now = datetime.now(UTC)
    row = Letter.objects.create(kind="o@coast.example", key="a", created_at=now, not_before=now)
    letters()
    row.refresh_from_db()
    assert row.not_before < now + timedelta(seconds=100), "sooner than after a claim that lapses"
    monday.shift(timedelta(days=3))
    letters()
    row.refresh_from_db()
    assert row.outcome == "failed"
    assert "KeyError" in caplog.text
    assert "o@coast.example" not in caplog.text
