"""Told by a text message: in the resident's language, once, also when the gateway's answer is lost."""

from typing import Any

import pytest

from bookings.models import Contact, Order, Outbox
from bookings.services import outbox
from bookings.tasks import send_messages
from maas.sandbox import sms
from tests.features.coast import BUS
from tests.features.market import Market
from tests.servers import serve

pytestmark = pytest.mark.db
PHONE = "+358401234567"


@pytest.fixture
def gateway(market: Market, settings: Any) -> sms.Gateway:
    twin = sms.Gateway()
    url, _ = market.doors.enter_context(serve(lambda address: sms.create_app(twin)))
    settings.ALLOWED_LOOPBACK_ORIGINS = [url]
    settings.SMS_GATEWAY = {
        "url": f"{url}/messages", "token": sms.TOKEN, "body": {"to": "{to}", "text": "{text}", "from": "Coast"},
    }  # fmt: skip
    market.publish(bus=BUS)
    market.sells("bus")
    return twin


def booked(market: Market, language: str = "fi") -> str:
    market.client.cookies["django_language"] = language
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    answer = market.client.post(f"/orders/{code}/tell", {"tell_by": "sms", "phone": "+358 (40) 123-4567"})
    assert answer.status_code == 302
    market.pay(code)
    market.work(code)
    return code


def test_once_in_finnish(market: Market, gateway: sms.Gateway) -> None:
    code = booked(market)
    gateway.lost = 1
    for _ in range(4):
        send_messages()
        market.clock.shift(300)
    (message,) = gateway.sent.values()
    assert message["to"] == PHONE
    assert message["from"] == "Coast"
    assert message["text"].startswith("Matkasi on varattu\nHarbour – Quay, ")
    assert f"/orders/{code}" in message["text"]
    told = Outbox.objects.get(topic="order.completed")
    assert (told.outcome, told.attempts) == ("sent", 2)
    assert Outbox.objects.get(topic="order.needs_action").outcome == "stale"


def test_nothing_personal_waits_anywhere_unsealed(market: Market, gateway: sms.Gateway) -> None:
    code = booked(market)
    for row in Outbox.objects.all():
        assert row.payload == {"order": code}
    assert b"40123" not in bytes(Contact.objects.get().phone_sealed)
    assert "40123" not in str(list(Outbox.objects.values()))


def test_refused_by_the_gateway_is_told_by_the_desk(market: Market, gateway: sms.Gateway) -> None:
    code = booked(market)
    gateway.answers = [400]
    send_messages()
    assert gateway.sent == {}
    assert Order.objects.get(code=code).desk_calls.count() == 1


def test_who_comes_back_late_writes_nothing(market: Market, gateway: sms.Gateway) -> None:
    booked(market)
    (pk,) = Outbox.objects.filter(topic="order.completed").values_list("pk", flat=True)
    now = Outbox.objects.get(pk=pk).created_at + outbox.LEASE
    late = outbox.claim(pk, now)
    assert late is not None
    assert outbox.claim(pk, now) is None
    assert outbox.send(pk, now + outbox.LEASE)
    assert not outbox.finish(late, "failed", now + outbox.LEASE)
    assert Outbox.objects.get(pk=pk).outcome == "sent"
