"""Several workers look into the outbox at the same moment: one of them sends, and a second copy could be told."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from bookings.models import Case, Outbox
from bookings.services import outbox
from bookings.tasks import send_messages
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def waiting(market: Market) -> Outbox:
    """A receipt that nobody has sent yet."""
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), contact="rider@example.org")
    market.pay(code)
    market.work(code)
    return Outbox.objects.get(topic="order.completed")


def test_eight_workers_one_message(waiting: Outbox, market: Market) -> None:
    now = datetime.now(UTC)

    def work(_: int) -> bool:
        try:
            return outbox.send(waiting.pk, now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as workers:
        sent = list(workers.map(work, range(8)))
    assert sum(sent) == 1
    assert len(mail.outbox) == 1


def test_a_second_copy_has_the_same_number(waiting: Outbox, market: Market) -> None:
    send_messages()
    Outbox.objects.filter(pk=waiting.pk).update(published_at=None, not_before=None)  # the sender died before noting it
    send_messages()
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second
    assert re.fullmatch(r"<[0-9a-f]{32}@\S+>", first)


def test_what_never_leaves_becomes_a_case(waiting: Outbox, market: Market, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for _ in range(30):
        send_messages()
        market.clock.shift(3600)
    (case,) = Case.objects.filter(kind="message_undelivered")
    assert case.evidence == {"message": waiting.pk}
    row = Outbox.objects.get(pk=waiting.pk)
    assert row.outcome == "failed"
    assert "rider" not in row.last_error
