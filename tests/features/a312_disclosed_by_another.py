"""A taxi firm lets its dispatch centre disclose for it: both agree, chains are followed, nobody goes in a circle."""

from __future__ import annotations

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from tests.features.duties import interface, operator, person, region, state, text
from transit.models import Disclosure, Region

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PROPOSAL = {"do": "discloser", "kind": "", "level": "", "first_day": "2026-11-01", "last_day": ""}


@pytest.fixture
def coast() -> Region:
    found = region()
    for code in ("taxi", "dispatch", "authority"):
        operator(code, found, "taxi" if code == "taxi" else "bus")
    state(found, "taxi", 3)
    interface("authority", "TOMP-2.0", "sales")
    return found


def page(code: str) -> str:
    return f"/operators/{code}/duty"


@pytest.fixture
def staff(coast: Region) -> dict[str, Client]:
    return {each: person(f"s@{each}.example", ("operator_staff", each)) for each in ("taxi", "dispatch", "authority")}


def agree(staff: dict[str, Client], one: str, by: str, **fields: str) -> None:
    assert staff[one].post(page(one), PROPOSAL | {"by": by} | fields).status_code == 302
    staff[by].post(page(by), {"do": "accept", "pk": Disclosure.objects.latest("pk").pk})


def test_over_two_hands_once_both_agree(staff: dict[str, Client], client: Client, monday: Clock) -> None:
    staff["taxi"].post(page("taxi"), PROPOSAL | {"by": "dispatch"})
    agree(staff, "dispatch", "authority", kind="taxi")
    assert "Late since" in text(client, "/register/duty"), "the first is only proposed"
    (proposed, _) = Disclosure.objects.order_by("pk")
    staff["taxi"].post(page("taxi"), {"do": "accept", "pk": proposed.pk})
    assert "Late since" in text(client, "/register/duty"), "nobody agrees for another one"
    assert "You disclose for Taxi Ltd" in text(staff["dispatch"], page("dispatch"))
    staff["dispatch"].post(page("dispatch"), {"do": "accept", "pk": proposed.pk})
    shown = text(client, "/register/duty/taxi")
    assert "Booking, ticket sales, payment: sales (disclosed by Authority Ltd)" in shown
    assert "Dispatch Ltd discloses for this operator: every kind of service, every level" in shown
    assert "This operator discloses for Taxi Ltd" in text(client, "/register/duty/dispatch")
    staff["dispatch"].post(page("dispatch"), {"do": "end", "pk": proposed.pk})
    monday.move_to("2026-11-25T09:00:00Z")
    assert "Late since 24 November 2026." in text(client, "/register/duty")


def test_a_circle_is_refused(staff: dict[str, Client], coast: Region) -> None:
    agree(staff, "taxi", "dispatch")
    agree(staff, "dispatch", "authority", kind="taxi")
    refused = staff["authority"].post(page("authority"), PROPOSAL | {"by": "taxi", "kind": "taxi"})
    assert refused.status_code == 422
    assert "This would be a circle" in refused.content.decode()
    agree(staff, "authority", "taxi", kind="bus")
    states = list(Disclosure.objects.order_by("pk").values_list("kind", "state"))
    assert states == [("", "ACCEPTED"), ("taxi", "ACCEPTED"), ("bus", "ACCEPTED")]


def test_two_that_propose_each_other(staff: dict[str, Client]) -> None:
    staff["taxi"].post(page("taxi"), PROPOSAL | {"by": "dispatch"})
    staff["dispatch"].post(page("dispatch"), PROPOSAL | {"by": "taxi"})
    first, second = Disclosure.objects.order_by("pk")
    staff["dispatch"].post(page("dispatch"), {"do": "accept", "pk": first.pk})
    told = staff["taxi"].post(page("taxi"), {"do": "accept", "pk": second.pk}, follow=True).content.decode()
    assert "This would be a circle" in told
    assert Disclosure.objects.get(pk=second.pk).state == "PROPOSED"
    staff["taxi"].post(page("taxi"), {"do": "decline", "pk": second.pk})
    assert Disclosure.objects.get(pk=second.pk).state == "DECLINED"


def test_what_is_wrong_is_said(staff: dict[str, Client]) -> None:
    def said(**fields: str) -> str:
        answer = staff["taxi"].post(page("taxi"), PROPOSAL | {"by": "dispatch"} | fields)
        return answer.content.decode() if answer.status_code == 422 else "kept"

    assert said() == "kept"
    assert "This is agreed, or proposed, already." in said()
    assert "Select a valid choice" in said(by="taxi")
    assert "The last day is before the first." in said(last_day="2026-10-01")
    pk = Disclosure.objects.get().pk
    staff["taxi"].post(page("taxi"), {"do": "end", "pk": pk})
    assert Disclosure.objects.get().state == "WITHDRAWN"
    assert staff["taxi"].post(page("taxi"), {"do": "end", "pk": pk}).status_code == 302
    assert staff["authority"].post(page("authority"), {"do": "end", "pk": pk}).status_code == 404
