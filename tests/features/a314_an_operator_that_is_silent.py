"""An operator does not answer a provider: it is reminded, then the officer is told, and everybody sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from tests.features.a313_asking_for_access import asked, public, shop, staff
from tests.features.duties import letters, person, sweep, text
from tests.feeds import NOW
from transit.models import AccessRequest, Operator, Region, Supervision
from transit.register import access

__all__ = ["shop", "staff"]
pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def officer(shop: Client) -> Client:
    office = {"authority": "Coast Council", "email": "duty@coast.example"}
    Supervision.objects.create(region=Region.objects.get(), answer_days=7, decision_days=20, **office)
    return person("officer@coast.example", ("region_officer", "coast"))


def test_reminded_and_escalated(shop: Client, officer: Client, client: Client, monday: Clock) -> None:
    page = asked(shop)
    number = AccessRequest.objects.get().number
    letters()
    sweep("2026-11-24", "2026-11-26")
    assert letters() == []
    sweep("2026-11-27", "2026-11-28", "2026-11-30")
    monday.move_to("2026-11-30T12:00:00Z")
    assert letters() == [f"office@bus.example: A provider waits for your answer: {number}"]
    assert "Nothing waits." in text(officer, "/register/officer")
    assert '"late":false' in public(client)
    sweep("2026-12-01", "2026-12-02")
    monday.move_to("2026-12-02T12:00:00Z")
    assert letters() == [f"duty@coast.example: An operator does not answer a provider: {number}"]
    assert f"{number}: Bus Ltd" in text(officer, "/register/officer")
    assert "The operator took, or takes, longer than the region allows." in public(client)
    assert "Who asks Organisation Trip Shop Oy" in text(officer, page)
    assert "An officer of the region looks at it." in text(shop, page)
    officer.post(f"{page}/move", {"to": "SETTLED"})
    assert f"{number}: Bus Ltd" not in text(officer, "/register/officer")
    assert "An officer has looked at it." in text(shop, page)
    assert '"late":true' in public(client), "late stays late"


def test_who_checks_for_ever_is_silent_too(shop: Client, staff: Client, officer: Client, monday: Clock) -> None:
    page = asked(shop)
    staff.post(f"{page}/move", {"to": "NEGOTIATION"})
    letters()
    sweep("2026-12-01", "2026-12-10", "2026-12-12")
    monday.move_to("2026-12-12T12:00:00Z")
    assert len(letters()) == 1
    sweep("2026-12-14")
    assert AccessRequest.objects.get().escalated_at is not None
    monday.move_to("2026-12-14T12:00:00Z")
    staff.post(f"{page}/move", {"to": "GRANTED"})
    assert AccessRequest.objects.get().settled_at is not None, "what is answered waits for no officer"


def test_silence_comes_back_at_the_next_deadline(shop: Client, officer: Client, client: Client, monday: Clock) -> None:
    page = asked(shop)
    letters()
    sweep("2026-12-01")
    monday.move_to("2026-12-02T12:00:00Z")
    officer.post(f"{page}/move", {"to": "SETTLED"})
    sweep("2026-12-03", "2026-12-12")
    assert AccessRequest.objects.get().settled_at is not None
    sweep("2026-12-14", "2026-12-15")
    assert AccessRequest.objects.get().settled_at is None
    monday.move_to("2026-12-15T12:00:00Z")
    assert len(letters()) == 3, "twice the officer, once more a reminder"
    shop.post(f"{page}/move", {"to": "WITHDRAWN"})
    assert "Nothing waits. Who is late" in text(officer, "/register/officer")
    assert '"late":true' in public(client)


def test_an_operator_without_a_mailbox(shop: Client, officer: Client, monday: Clock) -> None:
    Operator.objects.update(email="")
    asked(shop)
    assert letters() == []
    sweep("2026-12-01")
    monday.move_to("2026-12-01T13:00:00Z")
    assert len(letters()) == 1, "the officer is told all the same"


def test_what_is_old_is_forgotten(shop: Client, officer: Client, client: Client) -> None:
    page = asked(shop)
    shop.post(f"{page}/move", {"to": "WITHDRAWN"})
    access.tidy(NOW + access.KEPT - timedelta(days=1))
    assert access.said(AccessRequest.objects.get()) is not None
    AccessRequest.objects.get().events.update(at=NOW)
    access.tidy(NOW + access.KEPT + timedelta(days=1))
    assert access.said(AccessRequest.objects.get()) is None
    assert "who asked is no longer kept" in text(shop, page)
    assert "Withdrawn" in public(client)
