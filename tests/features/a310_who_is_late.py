"""A region states what is owed and by when; everybody sees who is late, since when, of what."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from tests.features.duties import LAW, interface, operator, person, region, state, text
from transit.models import Duty, OperationArea, Operator, Region, Service, ServiceHours

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def coast() -> Region:
    found = region()
    operator("bus", found)
    operator("taxi", found, "taxi")
    return found


def test_late_until_it_is_disclosed(coast: Region, client: Client) -> None:
    assert "Nobody is late." in text(client, "/register/duty")
    state(coast)
    page = text(client, "/register/duty")
    assert "1 operator is late." in page
    assert "Late Bus Ltd: Bus line Bus · data Late since 1 November 2026." in page
    assert "Not disclosed: timetable, stops, routes" in page
    assert f"As the region states: {LAW}" in page
    assert "Taxi Ltd" not in page, "nothing is stated for taxis"
    interface("bus")
    page = text(client, "/register/duty/bus")
    assert "Fulfilled Bus line" in page
    assert "Timetable, stops, routes: bus-feed" in page
    assert "Nobody is late." in text(client, "/register/duty")


def test_a_taxi_owes_something_else(coast: Region, client: Client) -> None:
    state(coast, "taxi")
    state(coast, "taxi", 3, date(2026, 11, 23))
    page = text(client, "/register/duty/taxi")
    assert "Not disclosed: transport bureau, service area, business hours, address of a page with details" in page
    assert "Not due yet Taxi line Taxi · sales To be ready by 23 November 2026." in page
    service = Service.objects.get(code="taxi-1")
    OperationArea.objects.create(service=service, name="The coast")
    ServiceHours.objects.create(service=service, monday=True, opens="00:00", closes="00:00")
    Service.objects.filter(pk=service.pk).update(url="https://taxi.example/", sales=Service.Sales.HOSTED)
    assert "Not disclosed: transport bureau Service area" in text(client, "/register/duty/taxi")
    Operator.objects.filter(code="taxi").update(licensing_office="Coast bureau")
    page = text(client, "/register/duty/taxi")
    assert "Late" not in page
    assert "Booking, ticket sales, payment: sold by this service" in page


def test_the_day_ends_in_the_region(coast: Region, client: Client, monday: Clock) -> None:
    state(coast, due_on=date(2026, 11, 23))
    monday.move_to("2026-11-23T21:59:00Z")
    assert "Not due yet Bus line" in text(client, "/register/duty/bus")
    monday.move_to("2026-11-23T22:01:00Z")
    assert "Late since 24 November 2026." in text(client, "/register/duty/bus")


def test_one_operator_has_longer(coast: Region, client: Client) -> None:
    state(coast)
    state(coast, due_on=date(2027, 6, 30), operator=Operator.objects.get(code="bus"))
    assert "To be ready by 30 June 2027." in text(client, "/register/duty/bus")


def test_an_officer_states_it_on_a_page(coast: Region, client: Client) -> None:
    officer = person("officer@coast.example", ("region_officer", "coast"))
    page = "/register/officer/regions/coast"
    assert "Nothing is stated yet, so nobody can be late." in text(officer, page)
    form = {"do": "state", "kind": "bus", "level": "1", "operator": "", "due_on": "2026-10-31", "legal_url": ""}
    assert officer.post(page, form).status_code == 422
    assert officer.post(page, form | {"legal_basis": LAW}).status_code == 302
    assert officer.post(page, form | {"legal_basis": LAW, "due_on": "2026-11-20"}).status_code == 302
    assert "Late since 21 November 2026." in text(client, "/register/duty")
    assert "Bus Ltd: Bus line, data. Late since 21 November 2026." in text(officer, "/register/officer")
    assert [row.withdrawn_at is None for row in Duty.objects.order_by("pk")] == [False, True]
    officer.post(page, {"do": "withdraw", "pk": Duty.objects.get(withdrawn_at=None).pk})
    assert "Nobody is late." in text(client, "/register/duty")
    operator("hills", region("hills", "Hills"))
    assert officer.post(page, form | {"legal_basis": LAW, "operator": "hills"}).status_code == 422


def test_for_programs_and_spreadsheets(coast: Region, client: Client) -> None:
    for level in (1, 2, 3):
        state(coast, "bus", level)
    state(coast, "taxi", 3)
    interface("bus", "TOMP-2.0")
    found, address = [], "/api/v1/register/duties?limit=3"
    while address:
        body = client.get(address).json()
        found += [(each["operator"], each["level"], each["standing"], each["late_since"]) for each in body["duties"]]
        address = body["next"]
    assert found == [
        ("bus", 1, "late", "2026-11-01"),
        ("bus", 2, "fulfilled", None),
        ("bus", 3, "fulfilled", None),
        ("taxi", 3, "late", "2026-11-01"),
    ]
    assert client.get("/api/v1/register/duties?cursor=x").status_code == 400
    late = client.get("/api/v1/register/duties?standing=late&operator=bus").json()["duties"]
    assert [each["missing"] for each in late] == [["timetable", "stops", "routes"]]
    Operator.objects.filter(code="taxi").update(legal_name="=1+1")
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/register/duties.csv").content.decode())))
    assert [(row["operator_name"], row["level"], row["missing"]) for row in rows] == [
        ("Bus Ltd", "1", "timetable stops routes"),
        ("Bus Ltd", "2", ""),
        ("Bus Ltd", "3", ""),
        ("'=1+1", "3", "booking tickets payment"),
    ]


def test_the_list_by_what_one_looks_for(coast: Region, client: Client) -> None:
    operator("hills", region("hills", "Hills"))
    for each in Region.objects.all():
        state(each)
    state(coast, "taxi", 1, date(2026, 11, 20))
    assert "3 operators are late." in text(client, "/register/duty")
    assert "1 operator is late." in text(client, "/register/duty?region=hills")
    page = text(client, "/register/duty?order=since")
    assert page.index("Taxi Ltd") < page.index("Bus Ltd")
    assert "0 duties" in text(client, "/register/duty?standing=exempt")
    assert text(client, "/register/duty?page=nonsense&order=x&standing=y")
