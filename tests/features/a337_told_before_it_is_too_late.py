"""Operator and government are told by e-mail: before data end, when it is down, when a grade falls; once each."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from maas.accounts.models import Role, User
from maas.accounts.tasks import send_letters
from tests import feeds
from tests.features.a331_a_timetable_is_probed import calendar
from tests.features.probed import Probed
from transit.models import Interface, Letter, Region


@pytest.fixture
def ending(probed: Probed) -> Probed:
    """A timetable that ends in thirteen days; two officers, one of another region."""
    for email, region in (("officer@coast.example", "coast"), ("officer@hills.example", "hills")):
        user = User.objects.create_user(email)
        Role.objects.create(user=user, kind="region_officer", scope=region)
    Region.objects.update(languages=["en"])
    body = feeds.write_feed(probed.town.folder / "bus.zip", calendar("20261206")).read_bytes()
    site = probed.site(**{"bus.zip": body})
    probed.discloses("bus", "GTFS", f"{site.url}/bus.zip")
    probed.asks("bus")
    return probed


def sent() -> list[str]:
    """Who was told what, by address and subject."""
    return sorted(f"{parseaddr(each.to[0])[1]}: {each.subject}" for each in mail.outbox)


def test_before_its_data_end(ending: Probed) -> None:
    send_letters()
    subject = "The data of bus end on 6 December 2026"
    assert sent() == [f"data@bus.example: {subject}", f"officer@coast.example: {subject}"]
    assert "/register/interfaces/bus" in str(mail.outbox[0].body)
    send_letters()
    ending.asks("bus")
    send_letters()
    assert len(mail.outbox) == 2, "once each"
    ending.later(days=10)
    ending.asks("bus")
    ending.later(days=4)
    ending.asks("bus")
    assert ending.alerts("bus") == ["ending", "ending", "ended"]


def test_the_contact_of_the_interface_comes_first(ending: Probed) -> None:
    Interface.objects.update(contact_email="Officer@Coast.example")
    send_letters()
    assert [each.to for each in mail.outbox] == [["Officer@Coast.example"]], "nobody hears it twice"


@pytest.mark.parametrize(("language", "words"), [("fi", "päättyvät"), ("ja", "で終わります"), ("de", "end on")])
def test_in_the_language_of_the_region(ending: Probed, language: str, words: str) -> None:
    Region.objects.update(languages=[language])
    send_letters()
    assert all(words in each.subject for each in mail.outbox)


def test_a_mail_server_that_fails(ending: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was told is not told again; the others are, later."""
    send = EmailBackend.send_messages

    def failing(backend: EmailBackend, messages: Any) -> int:
        if "officer@coast.example" in messages[0].to:
            raise smtplib.SMTPServerDisconnected
        return send(backend, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", failing)
        send_letters()
    send_letters()
    assert len(mail.outbox) == 1, "not at once"
    ending.later(minutes=3)
    send_letters()
    assert [each.to[0] for each in mail.outbox] == ["data@bus.example", "officer@coast.example"]
    row = Letter.objects.get()
    assert row.sent_at is not None
    assert "@" not in str(row.told), "no address is kept"


def test_given_up_in_the_end(ending: Probed) -> None:
    Interface.objects.update(contact_email="")
    Letter.objects.update(created_at=datetime.now(UTC) - timedelta(days=4))
    send_letters()
    assert Letter.objects.get().outcome == "sent"


def test_down_up_and_nothing_in_between(probed: Probed) -> None:
    Region.objects.update(languages=["en"])
    site = probed.site(x=b"<xml/>")
    probed.discloses("stops", "NeTEx", f"{site.url}/x")
    for status in (200, 503, 503, 200, 503, 503, 503, 503, 200, 200):
        site.statuses["/x"] = status
        probed.asks("stops")
        probed.later(minutes=20)
    send_letters()
    assert [each.subject for each in mail.outbox] == ["stops cannot be reached", "stops can be reached again"]
    assert "It answered with an error: status 503." in str(mail.outbox[0].body)


def test_a_grade_that_goes_up_and_down_is_told_once_a_day(probed: Probed) -> None:
    site = probed.site()
    row = probed.discloses("bus", "GTFS", f"{site.url}/bus.zip", "pricing")
    body = feeds.write_feed(probed.town.folder / "bus.zip", calendar("20271231")).read_bytes()
    site.bodies["/bus.zip"] = body
    for contents in ([], ["pricing"], [], ["pricing"], [], ["pricing"]):
        Interface.objects.filter(pk=row.pk).update(contents=contents)
        probed.asks("bus")
        probed.later(minutes=20)
    assert probed.alerts("bus") == ["fell"]
    probed.later(days=2)
    for contents in ([], ["pricing"]):
        Interface.objects.filter(pk=row.pk).update(contents=contents)
        probed.asks("bus")
    assert probed.alerts("bus") == ["fell", "fell"]
