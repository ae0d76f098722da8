"""Anybody complains about a disclosure; the mailbox confirms, an officer decides, everybody sees how many there are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from time_machine import Traveller as Clock

from maas.accounts.tasks import send_letters
from tests.features.duties import letters, operator, person, region, text
from tests.feeds import NOW
from transit.models import Complaint, Region, Supervision
from transit.register import complaints

pytestmark = [pytest.mark.db, pytest.mark.django_db]
FORM = "/register/duty/bus/complain"
WRITTEN = {
    "about": "old",
    "text": "The timetable is that of last winter.",
    "name": "Eino Salo",
    "email": "eino@mail.example",
}
PRIVATE = ("Eino", "Salo", "mail.example", "last winter", "Please look harder")


@pytest.fixture
def coast() -> Region:
    found = region()
    operator("bus", found)
    Supervision.objects.create(region=found, authority="Coast Council", email="duty@coast.example")
    return found


@pytest.fixture
def officer(coast: Region) -> Client:
    return person("officer@coast.example", ("region_officer", "coast"))


def complain(client: Client, **fields: str) -> str:
    """Write a complaint; the page to which the letter leads."""
    answer = client.post(FORM, WRITTEN | fields)
    assert answer.status_code == 200, answer.content.decode()
    assert "seven days" in answer.content.decode()
    mail.outbox.clear()
    send_letters()
    (letter,) = mail.outbox
    assert letter.to == [WRITTEN["email"]]
    mail.outbox.clear()
    found = re.search(r"/register/complaints/\S+", str(letter.body))
    assert found
    return found[0]


def public(client: Client) -> str:
    pages = text(client, "/register/duty/bus") + client.get("/api/v1/register/complaints").content.decode()
    assert not [each for each in PRIVATE if each in pages]
    return pages


def test_from_the_form_to_the_decision(officer: Client, client: Client) -> None:
    page = complain(client)
    assert "There was no complaint yet." in public(client), "nothing counts before it is confirmed"
    assert "Nothing waits." in text(officer, "/register/officer")
    assert "Please confirm that you have written it." in text(client, page)
    assert Complaint.objects.get().state == "UNCONFIRMED", "looking confirms nothing: mailboxes look, too"
    client.post(page, {"do": "confirm"})
    number = Complaint.objects.get().number
    assert letters() == [f"duty@coast.example: A new complaint: {number}"]
    assert "Received 1 Being looked at 1" in public(client)
    desk = f"/register/officer/complaints/{Complaint.objects.get().pk}"
    assert "The timetable is that of last winter. Name Eino Salo" in text(officer, desk)
    officer.post(f"{desk}/move", {"to": "UPHELD", "reason": "Not taken up yet."})
    officer.post(f"{desk}/move", {"to": "UNDER_REVIEW"})
    assert letters() == [f"eino@mail.example: News of your complaint: {number}"]
    officer.post(f"{desk}/move", {"to": "UPHELD", "reason": ""})
    assert Complaint.objects.get().state == "UNDER_REVIEW", "not without a reason"
    officer.post(f"{desk}/move", {"to": "UPHELD", "reason": "You are right. Please look harder, we told them."})
    assert "You are right." in text(client, page)
    assert "last winter" not in text(client, page), "what was written is not shown"
    assert "Being looked at 0 Upheld 1" in public(client)
    assert letters() == [f"eino@mail.example: News of your complaint: {number}"]
    assert [each.new for each in Complaint.objects.get().events.order_by("pk")] == [
        "RECEIVED",
        "UNDER_REVIEW",
        "UPHELD",
    ]


def test_withdrawn_and_rejected(officer: Client, client: Client) -> None:
    first, second = complain(client), complain(client)
    for page in (first, second, second):
        client.post(page, {"do": "confirm"})
    client.post(first, {"do": "withdraw"})
    assert "Withdrawn" in text(client, first)
    for number, to in ((first, "UNDER_REVIEW"), (second, "UNDER_REVIEW"), (second, "REJECTED")):
        row = complaints.get_by_token(number.rpartition("/")[2])
        officer.post(f"/register/officer/complaints/{row.pk}/move", {"to": to, "reason": "It is there."})
    assert "Upheld 0 Rejected 1 Withdrawn 1" in public(client)
    client.post(second, {"do": "withdraw"})
    assert Complaint.objects.order_by("pk")[1].state == "REJECTED"


def test_sealed_and_forgotten(coast: Region, client: Client) -> None:
    page = complain(client)
    assert "Eino" not in bytes(Complaint.objects.get().said_sealed).decode()
    complaints.tidy(NOW + timedelta(days=6))
    assert Complaint.objects.exists()
    complaints.tidy(NOW + timedelta(days=8))
    assert not Complaint.objects.exists(), "nobody has confirmed it"
    assert client.get(page).status_code == 404
    page = complain(client)
    client.post(page, {"do": "confirm"})
    client.post(page, {"do": "withdraw"})
    complaints.tidy(NOW + timedelta(days=370))
    assert complaints.said(Complaint.objects.get()) is None
    assert "Withdrawn 1" in public(client)


def test_no_flood(coast: Region, client: Client, monday: Clock) -> None:
    for _ in range(complaints.MOST_A_DAY):
        client.post(FORM, WRITTEN)
    refused = client.post(FORM, WRITTEN | {"email": "EINO@mail.example "})
    assert (refused.status_code, Complaint.objects.count()) == (422, 3)
    assert "We have sent several letters to this address today." in refused.content.decode()
    for number in range(3):
        client.post(FORM, WRITTEN | {"email": f"a{number}@mail.example"})
    many = client.post(FORM, WRITTEN | {"email": "b@mail.example"})
    assert (many.status_code, int(many["Retry-After"]) > 0) == (429, True)
    assert client.get(FORM).status_code == 200
    cache.clear()
    monday.shift(timedelta(days=1, hours=1))
    assert client.post(FORM, WRITTEN).status_code == 200


def test_what_is_wrong_is_said(coast: Region, client: Client) -> None:
    answer = client.post(FORM, WRITTEN | {"email": "nobody", "text": "", "about": "x"})
    assert answer.status_code == 422
    assert answer.content.decode().count("field-error") == 3
    assert 'value="Eino Salo"' in answer.content.decode(), "what was written stays"
    assert client.get("/register/duty/none/complain").status_code == 404
    assert client.get("/register/complaints/none").status_code == 404
