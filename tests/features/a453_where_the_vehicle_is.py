"""Whoever waits sees their vehicle from shortly before it comes until they are set down; nobody else does."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import time_machine
from django.db import connections
from django.test import Client

from bookings.web import vehicle_stream
from maas.handler import Handler
from tests.features.riders import HILL, LAKE, MILL, Riders, text_of

pytestmark = pytest.mark.django_db(transaction=True)
AINO, EINO = "Aino Kanerva", "Eino Salo"


@pytest.fixture
def valley(monday: time_machine.Traveller) -> Riders:
    """Aino is met on the hill at ten, Eino at the mill a bit later."""
    found = Riders(clock=monday)
    found.buys(AINO, HILL, LAKE, "10:00")
    found.buys(EINO, MILL, LAKE, "10:00")
    return found


def is_at(valley: Riders, shift: int, lon: float, lat: float, who: Client | None = None) -> int:
    """The device of the driver says where it is."""
    address = f"/api/v1/driver/shifts/{shift}/position"
    body = json.dumps({"lon": lon, "lat": lat})
    return int((who or valley.driver).post(address, body, content_type="application/json").status_code)


def test_in_words(valley: Riders) -> None:
    seen = valley.sees(AINO)
    assert (seen["phase"], seen["vehicle"], seen["place"]) == ("later", "Bus 1", "Hill Road 1")
    assert seen["code"] == valley.code_of(AINO)
    shift = valley.takes()
    valley.goes_to("09:50")
    seen = valley.sees(AINO)
    assert (seen["phase"], seen["minutes"], seen["stops_before"]) == ("coming", 10, 0)
    page = text_of(valley.browsers[AINO].get(f"/orders/{valley.order_of(AINO).code}/vehicles").content.decode())
    assert "Bus 1 comes in 10 minutes. You are the next stop." in page
    valley.goes_to("10:00")
    assert valley.sees(EINO)["stops_before"] == 1
    valley.does(shift, "arrive", AINO)
    assert valley.sees(AINO)["phase"] == "here"
    valley.does(shift, "board", AINO)
    seen = valley.sees(AINO)
    assert (seen["phase"], seen["code"]) == ("aboard", "")
    valley.does(shift, "arrive", EINO)
    valley.goes_to("10:20")
    valley.does(shift, "board", EINO)
    valley.goes_to("10:30")
    valley.does(shift, "finish", AINO)
    assert valley.sees(AINO)["phase"] == "done"


def test_only_for_a_while_only_roughly_and_only_if_it_is_fresh(valley: Riders) -> None:
    shift = valley.takes()
    assert is_at(valley, shift, 24.85123, 60.11987) == 204
    assert valley.sees(AINO)["lon"] is None, "an hour before"
    valley.goes_to("09:46")
    assert is_at(valley, shift, 24.85123, 60.11987) == 204
    assert (valley.sees(AINO)["lon"], valley.sees(AINO)["lat"]) == (24.851, 60.12)
    valley.goes_to("09:49")
    assert valley.sees(AINO)["lon"] is None, "three minutes old"
    valley.goes_to("10:00")
    valley.does(shift, "arrive", AINO)
    valley.does(shift, "board", AINO)
    valley.goes_to("10:25")
    valley.does(shift, "finish", AINO)
    is_at(valley, shift, 24.95, 60.15)
    assert valley.sees(AINO)["lon"] is None, "she has arrived"
    stranger = valley.staff("driver", "elsewhere")
    assert is_at(valley, shift, 1.0, 1.0, stranger) == 404


def test_nobody_else(valley: Riders) -> None:
    address = f"/orders/{valley.order_of(AINO).code}/vehicles"
    for who in (valley.browsers[EINO], Client()):
        assert who.get(f"/api/v1{address}").status_code == 404
        assert who.get(address).status_code == 404
        assert who.get(f"{address}/live").status_code == 404
    assert valley.browsers[AINO].get(f"{address}/live").status_code == 204, "a server that cannot wait: ask again"


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once, and leave no connection behind."""
    monkeypatch.setattr(vehicle_stream, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(vehicle_stream, "LONGEST_S", 20.0)
    monkeypatch.setattr(vehicle_stream, "close_old_connections", connections.close_all)


def test_as_it_happens(valley: Riders, no_wait: None) -> None:
    """Server-sent events: as it stands, then what is new, then that nothing more will come."""
    shift = valley.takes()
    valley.goes_to("09:55")
    address = f"/orders/{valley.order_of(AINO).code}/vehicles/live"
    cookies = {"sessionid": valley.browsers[AINO].cookies["sessionid"].value}

    def happens() -> None:
        valley.goes_to("10:00")
        for what in ("arrive", "board", "finish"):
            valley.does(shift, what, AINO)
        connections.close_all()

    async def listen() -> tuple[httpx.Response, list[str]]:
        transport = httpx.ASGITransport(app=Handler())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:
            heard = asyncio.create_task(client.get(address))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(happens)
            answer = await heard
        blocks = answer.text.strip().split("\n\n")
        return answer, [json.loads(each.removeprefix("data: ")) for each in blocks if each.startswith("data: ")]

    answer, drawn = asyncio.run(listen())
    assert answer.headers["content-type"] == "text/event-stream"
    assert "Bus 1 comes in 5 minutes." in drawn[0]
    assert "You have arrived." in drawn[-1]
    assert answer.text.rstrip().endswith("event: over\ndata:")
    assert not vehicle_stream._open


def test_a_stream_is_for_who_waits_now_and_for_few_devices(valley: Riders, no_wait: None) -> None:
    address = f"/orders/{valley.order_of(AINO).code}/vehicles/live"
    cookies = {"sessionid": valley.browsers[AINO].cookies["sessionid"].value}

    async def listen() -> httpx.Response:
        transport = httpx.ASGITransport(app=Handler())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:
            return await client.get(address)

    answer = asyncio.run(listen())
    assert answer.text.rstrip().endswith("event: over\ndata:"), "an hour before, one asks now and then"
    code = valley.order_of(AINO).code
    vehicle_stream._open[code] = vehicle_stream.MOST_OF_ORDER
    answer = asyncio.run(listen())
    assert answer.status_code == 204
    del vehicle_stream._open[code]
