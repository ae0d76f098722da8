"""A shop that lends bicycles, without any system, enters its stands; travellers ride them, others read the GBFS."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import time_machine
from django.test import Client

from tests.features.a107_statements import member
from tests.features.a231_a_shared_bicycle_on_the_way import BUS, HARBOUR, HOME, STREETS, written
from tests.features.town import Town
from tests.feeds import NOW
from transit import tasks
from transit.feeds.gbfs import document_of, status_of, system_of
from transit.models import HostedFleet, HostedStand, Interface, Operator, Region, Service
from transit.register import mobility

pytestmark = pytest.mark.db
PAGE = "/operators/pyora/vehicles"


@pytest.fixture
def shop(town: Town) -> Client:
    town.publish(STREETS, bus=BUS)
    operator = Operator.objects.create(
        code="pyora", legal_name="Pyörä Oy", country="FI", email="hei@example.com", phone="+358 40 1234567",
        region=Region.objects.get(),
    )  # fmt: skip
    Service.objects.create(code="pyora", operator=operator, name="Kylän pyörät", kind="bike-sharing")
    return member("operator_staff", "pyora")


def send(shop: Client, path: str = "", status: int = 302, **fields: Any) -> str:
    answer = shop.post(f"{PAGE}{path}", fields)
    assert answer.status_code == status, re.findall('field-error">(.*?)<', answer.content.decode())
    return answer.content.decode()


def enter(shop: Client) -> None:
    send(shop, form="bicycle", propulsion="human", base="1", free_min="30", step="0.5", step_min="15")
    for name, lon, there in (("Square", "24.9010", "3"), ("Harbour", "24.9590", "0")):
        send(shop, "/stands", name=name, lat="60.1001", lon=lon, places="8", vehicles=there, is_open="on")
    tasks.write_hosted_fleets()


def hired(town: Town) -> list[str]:
    asked: dict[str, Any] = {"from": HOME, "to": HARBOUR, "time": NOW.isoformat(), "shared": "bicycle", "window": 1800}
    return [text for each in town.get("plan", **asked)["itineraries"] if "(" in (text := written(each))]


@time_machine.travel(NOW, tick=False)
def test_entered_and_ridden(town: Town, shop: Client) -> None:
    assert shop.get("/operators/pyora/timetable").headers["Location"] == PAGE
    enter(shop)
    assert hired(town) == ["walk 1 | bicycle 32 Square (3) → Harbour (8) 100 | walk 1"]
    square, harbour = HostedStand.objects.order_by("-vehicles").values_list("code", flat=True)
    counts: dict[str, Any] = {f"count-{square}": "2", f"count-{harbour}": "not a number"}
    send(shop, do="count", **counts)
    tasks.write_hosted_fleets()
    assert hired(town) == ["walk 1 | bicycle 32 Square (2) → Harbour (8) 100 | walk 1"]
    send(shop, f"/stands/{harbour}", name="Harbour", lat="60.1001", lon="24.9590", places="8", vehicles="0")
    tasks.write_hosted_fleets()
    assert hired(town) == []  # it is closed, and there is no other to bring one back to
    assert mobility.list_due(NOW) == []  # nobody asks our own address


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("electric", [pytest.param(False, id="muscles"), pytest.param(True, id="electric")])
def test_others_read_it(town: Town, shop: Client, shared_specs: Path, electric: bool) -> None:
    enter(shop)
    if electric:
        HostedFleet.objects.update(propulsion="electric_assist", max_range_km=60, same_stand=True)
        tasks.write_hosted_fleets()
    interface = Interface.objects.get(format="GBFS")
    discovery = Client().get(interface.url.split("//", 1)[1].partition("/")[2].join(("/", "")))
    assert discovery["Link"].endswith('rel="license"')
    assert Client().get(discovery.request["PATH_INFO"], headers={"If-None-Match": discovery["ETag"]}).status_code == 304
    documents = {}
    for each in [{"name": "gbfs", "url": interface.url}, *discovery.json()["data"]["feeds"]]:
        answer = Client().get("/" + each["url"].split("/", 3)[3])
        schema = json.loads((shared_specs / "gbfs" / "v3.0" / f"{each['name']}.json").read_text())
        jsonschema.validate(answer.json(), schema)
        documents[each["name"]] = document_of(each["name"], answer.content)
    system = system_of(documents)
    assert (system.faults, status_of(documents, system).faults) == ((), ())
    assert [station.capacity for station in system.stations] == [8, 8]
    assert "pyora/gbfs/gbfs.json" in Client().get("/open-data").content.decode()


@time_machine.travel(NOW, tick=False)
def test_what_is_wrong_is_said(shop: Client) -> None:
    assert shop.get(f"{PAGE}/stands").status_code == 404  # first say what one can borrow
    said = send(shop, status=422, form="bicycle", propulsion="electric", free_min="0", step_min="30")
    assert "How far does it go" in said
    assert "no such small amounts" in send(
        shop, status=422, form="bicycle", propulsion="human", base="1.001", free_min="0", step_min="30"
    )
    enter(shop)
    assert "Choose a place" in send(shop, "/stands", 422, name="Nowhere", places="8", vehicles="1")
    send(shop, f"/stands/{HostedStand.objects.get(name='Square').code}", do="remove")
    assert HostedStand.objects.count() == 1
    assert member("operator_staff", "other").get(PAGE).status_code == 404
