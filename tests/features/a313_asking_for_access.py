"""A provider asks an operator for access, stage by stage; each hears of it, and everybody sees it without names."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from maas.accounts.tasks import send_letters
from tests.features.duties import interface, letters, operator, person, region, text
from transit.models import AccessRequest

pytestmark = [pytest.mark.db, pytest.mark.django_db]
ASK = "/register/access/ask/bus"
WISH = {
    "interface": "shop",
    "level": "3",
    "organisation": "Trip Shop Oy",
    "business_id": "1234567-8",
    "contact": "Aino Aalto",
    "email": "aino@shop.example",
    "purpose": "Selling your tickets in our app.",
}
PRIVATE = ("Trip Shop", "1234567-8", "Aino", "shop.example", "Selling your", "Please sign", "too new")


@pytest.fixture
def shop() -> Client:
    operator("bus", region())
    interface("bus", "TOMP-2.0", "shop")
    return person("aino@shop.example", ("provider", ""))


@pytest.fixture
def staff() -> Client:
    return person("staff@bus.example", ("operator_staff", "bus"))


def asked(shop: Client) -> str:
    answer = shop.post(ASK, WISH)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def public(client: Client) -> str:
    """All that everybody sees of requests."""
    pages = text(client, "/register/access") + text(client, "/register/duty/bus")
    for path in ("access-records", "access-statistics"):
        pages += client.get(f"/api/v1/register/{path}").content.decode()
    assert not [each for each in PRIVATE if each in pages]
    return pages


def test_from_the_question_to_use(shop: Client, staff: Client, client: Client) -> None:
    page = asked(shop)
    assert letters() == [f"office@bus.example: A provider asks you for access: {AccessRequest.objects.get().number}"]
    assert "Asked, no answer yet" in text(shop, page)
    assert "The operator answers by 7 December 2026." in text(shop, page)
    assert "Selling your tickets in our app." in text(staff, page)
    assert "Please answer by 7 December 2026." in text(staff, "/operators/bus/duty")
    staff.post(f"{page}/move", {"to": "RELIABILITY", "answer": "Please sign our form."})
    assert "Please sign our form." in text(shop, page)
    assert "The operator decides by 22 January 2027." in text(shop, page)
    staff.post(f"{page}/move", {"to": "NEGOTIATION"})
    staff.post(f"{page}/move", {"to": "GRANTED", "answer": "Your key comes by post."})
    shop.post(f"{page}/move", {"to": "IN_USE"})
    assert len(letters()) == 3
    assert "In use" in text(shop, "/register/access/mine")
    stages = [event.new for event in AccessRequest.objects.get().events.all()]
    assert stages == ["RELIABILITY", "NEGOTIATION", "GRANTED", "IN_USE"]
    shown = public(client)
    assert "Asked 1 Waiting 0 Answered too late, or not at all 0 Granted 1 Refused 0" in shown
    assert "Bus Ltd: sales (TOMP-2.0) In use Asked on 23 November 2026." in shown


def test_refused_with_a_reason(shop: Client, staff: Client, client: Client) -> None:
    page = asked(shop)
    for lacking in ({}, {"reason": "not_reliable"}, {"answer": "We do not like you."}):
        staff.post(f"{page}/move", {"to": "REFUSED", **lacking})
    assert AccessRequest.objects.get().state == "ASKED"
    assert "Please choose a reason and say why, in a few words." in text(staff, page)
    staff.post(f"{page}/move", {"to": "REFUSED", "reason": "not_reliable", "answer": "Your firm is too new."})
    mail.outbox.clear()
    send_letters()
    (letter,) = [each for each in mail.outbox if each.to == ["aino@shop.example"]]
    assert "Your firm is too new." in letter.body
    assert page in letter.body
    assert "The provider could not show that it is reliable. Your firm is too new." in text(shop, page)
    assert "the provider could not show that it is reliable: 1" in public(client)
    assert shop.post(f"{page}/move", {"to": "WITHDRAWN"}).status_code == 302
    assert AccessRequest.objects.get().state == "REFUSED"


def test_once_at_a_time(shop: Client, staff: Client) -> None:
    page = asked(shop)
    again = shop.post(ASK, WISH)
    assert (again.status_code, AccessRequest.objects.count()) == (422, 1)
    assert "You have asked for this already." in again.content.decode()
    assert shop.post(ASK, WISH | {"email": "nobody", "interface": "other"}).status_code == 422
    shop.post(f"{page}/move", {"to": "WITHDRAWN"})
    assert shop.post(ASK, WISH).status_code == 302
    staff.post(f"{page}/move", {"to": "GRANTED"})
    assert AccessRequest.objects.order_by("pk")[0].state == "WITHDRAWN"


def test_nobody_does_what_is_anothers(shop: Client, staff: Client) -> None:
    page = asked(shop)
    shop.post(f"{page}/move", {"to": "GRANTED"})
    staff.post(f"{page}/move", {"to": "WITHDRAWN"})
    staff.post(f"{page}/move", {"to": "IN_USE"})
    assert AccessRequest.objects.get().state == "ASKED"
    assert "Aino" not in bytes(AccessRequest.objects.get().said_sealed).decode()
