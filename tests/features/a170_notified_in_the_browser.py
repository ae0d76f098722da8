"""Notified in the browser: the text comes through a push service that cannot read it, and the browser opens it."""

from typing import Any

import httpx
import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from bookings.models import DeskCall, Outbox, PushSubscription
from bookings.services import subscriptions
from bookings.tasks import send_messages
from maas.sandbox import push
from tests.features.coast import BUS
from tests.features.market import Market
from tests.servers import serve

pytestmark = pytest.mark.db


@pytest.fixture
def service(market: Market, settings: Any) -> push.PushService:
    """A push service that browsers here use."""
    url, app = market.doors.enter_context(serve(lambda address: push.create_app(push.PushService(address))))
    settings.ALLOWED_LOOPBACK_ORIGINS = [url]
    market.publish(bus=BUS)
    market.sells("bus")
    market.client.cookies["django_language"] = "fi"
    market.remotes["push"] = url
    found: push.PushService = app.routes[0].endpoint.__self__
    return found


def subscription(market: Market, key: str = "") -> Any:
    """What a browser answers when it is asked to subscribe."""
    asked = {"applicationServerKey": key or subscriptions.server_key()}
    made: Any = httpx.post(f"{market.remotes['push']}/browsers", json=asked, trust_env=False).json()
    return made


def notify(market: Market, code: str, who: Client | None = None, **other: str) -> int:
    made = subscription(market)
    fields = {"endpoint": made["endpoint"], **made["keys"], **other}
    return (who or market.client).post(f"/orders/{code}/notify", fields).status_code


def booked(market: Market, contact: str = "", phone: str = "") -> str:
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), **({"contact": contact} if contact else {}))
    if phone:
        market.client.post(f"/orders/{code}/tell", {"tell_by": "call", "phone": phone})
    assert notify(market, code) == 302
    market.pay(code)
    market.work(code)
    return code


def shown(service: push.PushService) -> list[dict[str, Any]]:
    return [one for browser in service.browsers.values() for one in browser.shown.values()]


def outcome() -> tuple[str, str]:
    row = Outbox.objects.get(topic="order.completed")
    return row.channel, row.outcome


def test_opened_by_the_browser_alone(market: Market, service: push.PushService) -> None:
    code = booked(market)
    send_messages()
    (one,) = shown(service)
    assert one["title"] == "Matkasi on varattu"
    assert one["body"].startswith("Harbour – Quay, ")
    assert one["link"].endswith(f"/orders/{code}")
    (browser,) = service.browsers.values()
    (headers,) = browser.headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("86400", "normal", one["tag"])
    assert outcome() == ("push", "sent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM bookings_pushsubscription")
        assert b"/send/" not in bytes(cursor.fetchone()[0])


def test_again_later_and_shown_once(market: Market, service: push.PushService) -> None:
    booked(market)
    service.answers = [503, 429]
    for _ in range(3):
        assert shown(service) == []
        send_messages()
        market.clock.shift(300)
    assert len(shown(service)) == 1
    Outbox.objects.filter(topic="order.completed").update(published_at=None, not_before=None)  # the sender died
    send_messages()
    (browser,) = service.browsers.values()
    assert len(browser.headers) == 2
    assert len(browser.shown) == 1, "a second copy replaces the first"


def test_who_listens_no_more_is_told_in_another_way(market: Market, service: push.PushService) -> None:
    code = booked(market, contact="rider@example.org")
    notify(market, code)
    service.answers = [404, 410]
    send_messages()
    assert PushSubscription.objects.count() == 0
    assert [message.subject for message in mail.outbox] == ["Matkasi on varattu"]
    assert outcome() == ("email", "sent")


def test_a_push_service_that_is_away_for_an_hour(market: Market, service: push.PushService) -> None:
    booked(market, contact="rider@example.org")
    service.answers = [503] * 20
    for _ in range(8):
        send_messages()
        market.clock.shift(600)
    assert outcome() == ("email", "sent")
    assert len(mail.outbox) == 1
    assert PushSubscription.objects.count() == 1


def test_refused_once_the_desk_calls(market: Market, service: push.PushService) -> None:
    booked(market, phone="+358401234567")
    service.answers = [403]
    send_messages()
    assert PushSubscription.objects.count() == 1, "refused once is not gone"
    assert DeskCall.objects.count() == 1


def test_turned_off(market: Market, service: push.PushService) -> None:
    code = booked(market, contact="rider@example.org")
    page = market.client.get(f"/orders/{code}/tell").content.decode()
    assert "Ilmoituksella selaimeen" in page
    assert market.client.post(f"/orders/{code}/notify", {"do": "forget"}).status_code == 302
    assert "Ilmoituksella selaimeen" not in market.client.get(f"/orders/{code}/tell").content.decode()
    send_messages()
    assert shown(service) == []
    assert len(mail.outbox) == 1


INSIDE = ["https://169.254.169.254/x", "http://127.0.0.1:1/x", "https://[::1]/x"]
WRONG = [{"p256dh": "AAAA"}, {"p256dh": "B" * 87}, {"auth": "!"}, {"endpoint": "ftp://example.org/x"}]


def test_what_strangers_may_not_do(market: Market, service: push.PushService) -> None:
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), contact="rider@example.org")
    assert notify(market, code, Client()) == 404
    assert Client().post(f"/orders/{code}/notify", {"do": "forget"}).status_code == 404
    for fields in WRONG:
        assert notify(market, code, market.client, **fields) == 302
    assert PushSubscription.objects.count() == 0
    for endpoint in INSIDE:
        assert notify(market, code, market.client, endpoint=endpoint) == 302
    assert PushSubscription.objects.count() == len(INSIDE)
    market.pay(code)
    market.work(code)
    send_messages()
    assert outcome() == ("email", "sent"), "addresses inside are never called"
