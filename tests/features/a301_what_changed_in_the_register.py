"""Who follows the register sees what was added, changed and removed, and when; not who did it, nor what stood there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from maas.accounts.models import User
from tests.features import registered
from transit.models import Operator, RegisterChange, Service
from transit.register.changes import note_changes
from transit.tasks import note_register_changes

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
OFFICE = {"services-TOTAL_FORMS": "0", "services-INITIAL_FORMS": "0"}


def listed(client: Client, **wish: Any) -> list[str]:
    body = client.get("/api/v1/register/changes", wish).json()
    return [" ".join([each["subject"], each["code"], each["change"], *each["fields"]]) for each in body["changes"]]


def test_added_changed_removed(client: Client) -> None:
    service = registered.taxi(registered.region())
    assert note_changes(NOW) == 2
    assert note_changes(NOW) == 0, "noted once"
    assert listed(client) == ["service valley-taxi added", "operator valley-taxi added"]
    service.hours.all().delete()
    Service.objects.update(booking_phone="0100 9", price_url="")
    assert note_changes(NOW + timedelta(hours=1)) == 1
    assert listed(client)[0] == "service valley-taxi changed booking_phone hours price_url"
    body = client.get("/api/v1/register/changes", {"limit": 1}).json()
    assert body["changes"][0]["at"] == "2026-11-23T08:00:00Z"
    assert "0100" not in client.get("/api/v1/register/changes").content.decode()
    older = client.get("/api/v1/register/changes", {"cursor": body["next"]}).json()
    assert ([each["change"] for each in older["changes"]], older["next"]) == (["added", "added"], None)
    service.delete()
    note_changes(NOW + timedelta(hours=2))
    assert listed(client)[0] == "service valley-taxi removed"
    assert listed(client, operator="nobody") == []


def test_what_is_not_public_is_no_change(client: Client) -> None:
    region = registered.region()
    registered.bus(region)
    Service.objects.update(published_on=date(2026, 12, 1))
    note_changes(NOW)
    assert [line for line in listed(client) if line.startswith("service")] == []
    Operator.objects.get().interfaces.filter(name="coast-tomp").update(client_id="another", capability="D")
    Service.objects.update(hold_s=60, seats_per_departure=3)
    assert note_changes(NOW) == 0
    note_changes(datetime(2026, 11, 30, 22, 30, tzinfo=UTC))  # half past midnight where the region is
    assert listed(client)[0] == "service coast-bus added"


def test_of_one_operator_alone(client: Client) -> None:
    region = registered.region()
    registered.taxi(region)
    registered.bus(region)
    note_changes(NOW, ["valley-taxi"])
    assert {line.split()[1] for line in listed(client)} == {"valley-taxi"}
    note_register_changes()
    assert {row.operator_code for row in RegisterChange.objects.all()} == {"valley-taxi", "coast-bus"}
    Operator.objects.get(code="coast-bus").interfaces.filter(name="coast-old").update(
        operator=Operator.objects.get(code="valley-taxi")
    )
    note_changes(NOW, ["valley-taxi"])
    note_register_changes()
    assert note_changes(NOW) == 0, "what goes from one to another comes to rest"


def test_what_an_officer_saves_is_noted(client: Client) -> None:
    registered.taxi(registered.region())
    note_changes(NOW)
    client.force_login(User.objects.create_superuser("officer@example.org", "a long password"))
    operator = Operator.objects.get()
    page = f"/admin/transit/operator/{operator.pk}/change/"
    form = client.get(page).context["adminform"].form
    said = {name: form[name].value() or "" for name in form.fields} | OFFICE | {"phone": "0100 7"}
    said["dispatchers"] = []
    services = {f"services-{name}": value for name, value in
                {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": operator.services.get().pk, "0-operator": operator.pk,
                 "0-name": "Valley Taxi", "0-kind": "taxi", "0-sales": "elsewhere"}.items()}  # fmt: skip
    answer = client.post(page, said | services)
    assert answer.status_code == 302, answer.context["errors"]
    assert listed(client)[0] == "operator valley-taxi changed phone"
    assert (
        client.post(f"/admin/transit/registerchange/{RegisterChange.objects.latest('pk').pk}/change/").status_code
        == 403
    )
    with pytest.raises(ValueError, match="not rewritten"):
        RegisterChange.objects.latest("pk").save()


def test_read_by_feed_readers(client: Client) -> None:
    registered.taxi(registered.region())
    note_changes(NOW)
    Service.objects.update(booking_phone="0100 9")
    note_changes(NOW + timedelta(days=1))
    answer = client.get("/register/changes.atom", headers={"Accept-Language": "fi"})
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T07:00:00+00:00"
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == [
        "Palvelu: Valley Taxi – muutettu", "Palvelu: Valley Taxi – lisätty", "Liikennöitsijä: Valley Taxi Ltd – lisätty"
    ]  # fmt: skip
    assert entries[0].findtext(f"{ATOM}summary") == "varaaminen"
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert client.get(link.attrib["href"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert len({each.findtext(f"{ATOM}id") for each in entries}) == 3
    page = client.get("/register/changes").content.decode()
    assert page.count("Valley Taxi") >= 3
    assert ElementTree.fromstring(client.get("/register/changes.atom").content).tag == f"{ATOM}feed"


def test_nothing_has_changed(client: Client) -> None:
    assert "Nothing has changed yet." in client.get("/register/changes").content.decode()
    assert ElementTree.fromstring(client.get("/register/changes.atom").content).findall(f"{ATOM}entry") == []
    assert client.get("/api/v1/register/changes").json() == {"changes": [], "next": None}
