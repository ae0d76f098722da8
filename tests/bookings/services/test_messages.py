"""Messages: in the resident's language, to who gave an address, once, and again when the mail server was away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from bookings.models import Order, Outbox
from bookings.services import orders, outbox
from bookings.services.viewers import Viewer
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.db, pytest.mark.django_db]
VIEWER = Viewer(None, "s" * 64)


def tell(topic: str, language: str = "en", contact: str = "rider@example.org") -> Order:
    offer = factories.offer(session_hash=VIEWER.session_hash, language=language)
    order = orders.place(offer, VIEWER, NOW, contact)
    Outbox.objects.create(topic=topic, key=f"{order.code}:{topic}", payload={"order": order.code}, created_at=NOW)
    return order


def send_due(now: datetime) -> int:
    return sum(outbox.send(pk, now) for pk in outbox.list_due(now))


@pytest.mark.parametrize(
    ("topic", "language", "subject", "line"),
    [
        ("order.completed", "en", "Your journey is booked", "Together: €"),
        ("order.completed", "fi", "Matkasi on varattu", "Yhteensä: "),
        ("order.cancelled", "ja", "この予約は取り消されました", "合計"),
        ("order.failed", "en", "The journey was not booked", "Nothing was charged, and nothing is reserved."),
        ("order.changed", "en", "Your booking has changed", "Your booking shows what is still yours"),
        ("order.refused", "en", "Your booking was not cancelled", "Your tickets stay as they are."),
        ("order.called_off", "fi", "Liikennöitsijä on perunut osan matkastasi", "Saat takaisin kaiken"),
        ("order.no_show", "ja", "運行事業者から、ご乗車がなかったと連絡がありました", "間違いの場合は"),
    ],
)
def test_a_receipt_is_sent_once_in_its_language(topic: str, language: str, subject: str, line: str) -> None:
    order = tell(topic, language)
    assert [send_due(NOW), send_due(NOW)] == [1, 0]
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == (subject, ["rider@example.org"])
    assert line in sent.body
    assert f"/orders/{order.code}" in sent.body
    assert "&" not in sent.body
    assert "<" not in sent.body


def test_a_journey_that_runs_again_is_not_told_as_broken() -> None:
    tell("order.disrupted")
    assert send_due(NOW) == 0
    assert list(Outbox.objects.values_list("outcome", flat=True)) == ["stale"]


def test_who_gave_no_address_hears_nothing() -> None:
    tell("order.completed", contact="")
    assert send_due(NOW) == 0
    assert mail.outbox == []
    assert not Outbox.objects.filter(published_at=None).exists()


def test_what_concerns_staff_alone_is_not_sent_to_residents() -> None:
    tell("order.manual")
    assert send_due(NOW) == 0
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_tried_again_for_a_day(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    tell("order.completed")
    assert send_due(NOW) == 0
    assert Outbox.objects.filter(published_at=None).count() == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(NOW + timedelta(hours=1)) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    tell("order.completed")
    send_due(NOW + timedelta(days=2))
    assert not Outbox.objects.filter(published_at=None).exists()
