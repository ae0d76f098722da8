"""A caller books by phone: the desk sends a link, and the caller pays without an account or a card number told."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from bookings.models import Order, Outbox
from bookings.tasks import send_messages
from maas.sandbox import sms
from tests.features.a92_cash_to_the_driver import staff
from tests.features.a112_told_by_text_message import PHONE, gateway
from tests.features.market import Market

__all__ = ["gateway"]
pytestmark = pytest.mark.db


def held_by_the_desk(market: Market) -> str:
    """The code of an order that waits for a payment, made by somebody at a desk."""
    market.client = staff("desk_agent")
    market.client.cookies["django_language"] = "fi"
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    market.work(code, until="NEEDS_ACTION")
    return code


def texts(gateway: sms.Gateway) -> list[str]:
    send_messages()
    return [message["text"] for message in gateway.sent.values()]


def link_in(text: str) -> str:
    (link,) = re.findall(r"\S+/pay/\S+", text)
    return str(urlsplit(link).path)


def test_by_text_message_from_the_call_to_the_ticket(market: Market, gateway: sms.Gateway) -> None:
    code, desk = held_by_the_desk(market), market.client
    page = desk.get(f"/orders/{code}/pay").content.decode()
    assert f"/orders/{code}/payment-link" in page
    assert market.stripe not in page, "the desk is never led to the page that asks for a card"
    assert desk.post(f"/orders/{code}/payment-link", {"phone": "+358 40 123 4567"}).status_code == 302
    (text,) = texts(gateway)
    assert text.startswith("Maksa matkasi")
    assert [row.payload for row in Outbox.objects.filter(topic="order.payment_link")] == [{"order": code}]
    link = link_in(text)
    assert "40123" not in link

    caller = Client(headers={"accept-language": "fi"})
    assert caller.get(f"/orders/{code}").status_code == 404
    seen = caller.get(link).content.decode()
    assert "3,50" in seen
    assert caller.get(f"/orders/{code}").status_code == 404, "looking takes nothing"
    answer = caller.post(link)
    assert answer["Location"] == f"/orders/{code}/pay"
    payment_page = caller.get(f"/orders/{code}/pay")["Location"]
    assert market.use(payment_page, "works") == f"/orders/{code}"
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    assert "/tickets/" in caller.get(f"/orders/{code}").content.decode()
    assert desk.get(f"/orders/{code}").status_code == 200
    assert texts(gateway)[-1].startswith("Matkasi on varattu")
    assert Client().post(link).status_code == 410, "what is paid cannot be taken over"
    assert Client().get(f"/orders/{code}").status_code == 404


def test_by_email_with_a_reminder_that_leads_there_too(market: Market, gateway: sms.Gateway) -> None:
    code = held_by_the_desk(market)
    market.client.post(f"/orders/{code}/payment-link", {"email": "caller@example.org"})
    send_messages()
    market.clock.shift(150)
    send_messages()
    first, second = (str(message.body) for message in mail.outbox)
    assert link_in(first) == link_in(second)
    market.clock.shift(3 * 3600)
    assert Client().get(link_in(first)).status_code == 410


def test_only_by_staff_for_their_own_orders_and_with_a_whole_link(market: Market, gateway: sms.Gateway) -> None:
    code = held_by_the_desk(market)
    where = f"/orders/{code}/payment-link"
    for stranger in (staff("driver", "bus"), staff("desk_agent", "other")):
        assert stranger.post(where, {"email": "thief@example.org"}).status_code == 404
    assert Client().post(where, {"email": "thief@example.org"}).status_code == 302  # to the log-in
    for fields in ({}, {"phone": "123"}, {"phone": PHONE, "email": "both@example.org"}):
        market.client.post(where, fields)
    assert not Outbox.objects.filter(topic="order.payment_link").exists()
    market.client.post(where, {"phone": PHONE})
    link = link_in(texts(gateway)[0])
    for forged in (link[:-1] + ("A" if link[-1] != "A" else "B"), link.replace(code, "A" * 22), "/pay/x"):
        assert Client().get(forged).status_code == 404
        assert Client().post(forged).status_code == 404
    assert Order.objects.get().session_hash


def test_a_desk_orders_for_many(market: Market, gateway: sms.Gateway) -> None:
    market.client = staff("desk_agent")
    for _ in range(4):
        market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    assert Order.objects.count() == 4


def test_a_number_with_the_order_and_another_way_by_the_api(market: Market, gateway: sms.Gateway) -> None:
    offer = market.ask("bus:H", "bus:Q", "10:00")
    page = market.client.post(f"/offers/{offer['code']}", {"phone": "040 1"}).content.decode()
    assert "+358 40 1234567" in page
    answer = market.client.post(f"/offers/{offer['code']}", {"phone": "+358 40 1234567"})
    code = answer["Location"].split("/")[2]
    shown = market.get(f"orders/{code}/contact")
    assert {name: shown[name] for name in ("tell_by", "phone", "ways")} == {
        "tell_by": "sms", "phone": PHONE, "ways": ["sms", "call"],
    }  # fmt: skip

    def put(body: dict[str, Any], who: Client | None = None) -> Any:
        return (who or market.client).put(f"/api/v1/orders/{code}/contact", body, "application/json")

    assert put({"tell_by": "call", "phone": PHONE}).json()["tell_by"] == "call"
    for wrong in ({"tell_by": "email"}, {"tell_by": "sms"}, {"tell_by": "sms", "phone": "1"}, {"tell_by": "push"}):
        assert put(wrong).status_code == 400
    assert put({"tell_by": "call", "phone": PHONE}, Client()).status_code == 404
    assert Client().get(f"/api/v1/orders/{code}/contact").status_code == 404
    keys = {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg"}  # fmt: skip
    listening = {"tell_by": "push", "subscription": {"endpoint": "https://push.example.org/x", "keys": keys}}
    assert put(listening).json()["ways"] == ["sms", "call", "push"]
