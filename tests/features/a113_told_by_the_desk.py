"""Told by the staff of a desk: they see the number and what to say, ring up, and note whether it worked."""

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Case, DeskCall
from bookings.tasks import send_messages
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db
PHONE = "+358401234567"


@pytest.fixture
def code(market: Market) -> str:
    market.publish(bus=BUS)
    market.sells("bus")
    market.client.cookies["django_language"] = "fi"
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    fields = {"tell_by": "call", "phone": PHONE}
    assert market.client.post(f"/orders/{code}/tell", fields).status_code == 302
    market.pay(code)
    market.work(code)
    send_messages()
    return code


def test_rung_up_and_told(market: Market, code: str) -> None:
    desk = staff("desk_agent")
    page = desk.get("/desk/calls").content.decode()
    assert PHONE in page
    assert "suomi" in page
    assert "Matkasi on varattu" in page
    call = DeskCall.objects.get()
    desk.post(f"/desk/calls/{call.pk}", {"reached": "yes"})
    assert "Nobody is to be rung up." in desk.get("/desk/calls").content.decode()
    call.refresh_from_db()
    assert call.reached
    assert call.closed_by is not None
    send_messages()
    assert DeskCall.objects.count() == 1


def test_not_reached_three_times_is_a_case(market: Market, code: str) -> None:
    desk = staff("desk_agent")
    (call,) = DeskCall.objects.all()
    for tries in range(1, 4):
        assert PHONE in desk.get("/desk/calls").content.decode()
        desk.post(f"/desk/calls/{call.pk}", {"reached": "no"})
        assert PHONE not in desk.get("/desk/calls").content.decode()
        assert Case.objects.filter(kind="message_undelivered").count() == (tries == 3)
        market.clock.shift(31 * 60)
    assert PHONE not in desk.get("/desk/calls").content.decode()
    # By the clock on the wall, of which UTC is two hours behind.
    case = Case.objects.get(kind="message_undelivered")
    opened = case.opened_at + timedelta(hours=2)
    assert f"{opened:%-H:%M}" in desk.get(f"/desk/cases/{case.pk}").content.decode()


def test_not_for_strangers(market: Market, code: str) -> None:
    (call,) = DeskCall.objects.all()
    for stranger in (staff("driver", "bus"), staff("operator_staff", "bus")):
        assert stranger.get("/desk/calls").status_code == 404
        assert stranger.post(f"/desk/calls/{call.pk}", {"reached": "yes"}).status_code == 404
    assert Client().get("/desk/calls").status_code == 302
    assert Client().get(f"/orders/{code}/tell").status_code == 404
    call.refresh_from_db()
    assert call.closed_at is None


def test_a_number_that_cannot_be_rung(market: Market, code: str) -> None:
    for phone in ("", "040 1234567", "+358<script>"):
        page = market.client.post(f"/orders/{code}/tell", {"tell_by": "call", "phone": phone})
        assert "+358 40 1234567" in page.content.decode()
    page = market.client.post(f"/orders/{code}/tell", {"tell_by": "email", "phone": ""})
    assert page.status_code == 200  # no address is known
