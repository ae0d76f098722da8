"""An operator asks to be exempt; the region decides with a reason and for some days; everybody can read why."""

from __future__ import annotations

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from tests.features.duties import operator, person, region, state, text
from transit.models import Exemption, Region

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PAGE = "/operators/bus/duty"
WISH = {
    "do": "exemption",
    "kind": "bus",
    "level": "",
    "reason": "small",
    "text": "Two buses, no computer.",
    "first_day": "2026-11-01",
    "last_day": "2026-12-31",
}


@pytest.fixture
def coast() -> Region:
    found = region()
    operator("bus", found)
    state(found)
    return found


@pytest.fixture
def staff() -> Client:
    return person("staff@bus.example", ("operator_staff", "bus"))


@pytest.fixture
def officer() -> Client:
    return person("officer@coast.example", ("region_officer", "coast"))


def test_from_the_wish_to_its_end(coast: Region, staff: Client, officer: Client, client: Client, monday: Clock) -> None:
    assert staff.post(PAGE, WISH).status_code == 302
    assert "Late since 1 November 2026." in text(client, "/register/duty"), "a wish frees nobody"
    assert "Two buses, no computer." in text(officer, "/register/officer")
    pk = Exemption.objects.get().pk
    decide = f"/register/officer/exemptions/{pk}"
    officer.post(decide, {"decision": "grant", "answer": ""})
    assert Exemption.objects.get().state == "ASKED", "not without a reason"
    officer.post(decide, {"decision": "grant", "answer": "Agreed for this year.", "last_day": "2026-11-30"})
    page = text(client, "/register/duty")
    assert "Exempt Bus Ltd:" in page
    assert "The operator is small. Two buses, no computer. Decided on 23 November 2026, until 30 November 2026." in page
    assert "officer@" not in page
    assert "Agreed for this year." in text(staff, PAGE)
    monday.move_to("2026-12-02T09:00:00Z")
    assert "Late since 1 December 2026." in text(client, "/register/duty")
    exempt = client.get("/api/v1/register/duties").json()["duties"]
    assert (exempt[0]["exemption"], exempt[0]["late_since"]) == (None, "2026-12-01")


def test_refused_withdrawn_revoked(
    coast: Region, staff: Client, officer: Client, client: Client, monday: Clock
) -> None:
    for number in range(3):
        staff.post(PAGE, WISH | {"text": f"Reason {number}."})
    first, second, third = Exemption.objects.order_by("pk").values_list("pk", flat=True)
    officer.post(f"/register/officer/exemptions/{first}", {"decision": "refuse", "answer": "Not small at all."})
    staff.post(PAGE, {"do": "withdraw-exemption", "pk": second})
    assert "Late since" in text(client, "/register/duty")
    officer.post(f"/register/officer/exemptions/{third}", {"decision": "grant", "answer": "For now."})
    assert "Exempt Bus Ltd:" in text(client, "/register/duty")
    assert "Revoke: it ends today" in text(officer, PAGE)
    officer.post(f"/register/officer/exemptions/{third}", {"decision": "revoke"})
    assert "Exempt Bus Ltd:" in text(client, "/register/duty"), "today still"
    monday.move_to("2026-11-24T09:00:00Z")
    assert "Late since 24 November 2026." in text(client, "/register/duty")
    states = list(Exemption.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["REFUSED", "WITHDRAWN", "REVOKED"]
    assert [event.new for row in Exemption.objects.order_by("pk") for event in row.events.all()] == [
        "REFUSED",
        "WITHDRAWN",
        "GRANTED",
        "REVOKED",
    ]
    officer.post(f"/register/officer/exemptions/{first}", {"decision": "grant", "answer": "After all."})
    assert Exemption.objects.get(pk=first).state == "REFUSED", "what is decided is decided"


def test_what_cannot_be_is_said(coast: Region, staff: Client) -> None:
    for wrong in ({"last_day": "2026-10-01"}, {"text": "No."}, {"reason": "because"}, {"first_day": "soon"}):
        assert staff.post(PAGE, WISH | wrong).status_code == 422
    assert not Exemption.objects.exists()
    assert staff.post(PAGE, {"do": "anything"}).status_code == 404
    assert staff.post(PAGE, {"do": "withdraw-exemption", "pk": "x"}).status_code == 404
