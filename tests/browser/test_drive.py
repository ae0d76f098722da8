"""A driver's phone that has lost its network: what is pressed counts on the page, and is told once when it is back."""

from __future__ import annotations

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from bookings.models import DriverAction
from tests.browser.conftest import SIZES, Watch
from tests.features.riders import HILL, LAKE, MILL, Riders
from tests.features.shuttle import load
from tests.transit.ondemand.valley import RULES
from transit.models import Ride
from transit.ondemand.rules import ShiftPattern, Span

pytestmark = [pytest.mark.demo, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALWAYS = tuple(range(7))


class World:
    """A valley whose day is the real one. Django is asked in a thread of its own."""

    def __init__(self) -> None:
        self._django = ThreadPoolExecutor(1)
        self.riding, self.shift = self.run(self._begin)

    def run(self, asked: Any) -> Any:
        """What Django answers."""
        return self._django.submit(asked).result()

    def _begin(self) -> tuple[Riders, int]:
        now = datetime.now(UTC)
        (vehicle,) = RULES.vehicles
        # Whatever the hour, it is about noon there.
        ahead = 12 - now.hour
        zone = ZoneInfo(f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT")
        riding = Riders(
            rules=replace(
                RULES,
                spans=(Span(ALWAYS, 6 * 3600, 22 * 3600),),
                vehicles=(replace(vehicle, shifts=(ShiftPattern(ALWAYS, 6 * 3600, 22 * 3600),)),),
            ),
            now=now,
            zone=zone,
        )
        soon = now + timedelta(minutes=20)
        clock = f"{soon.astimezone(riding.zone):%H:%M}"
        riding.buys("Aino Kanerva", HILL, LAKE, clock, load=load(1, 1))
        riding.buys("Eino Salo", MILL, LAKE, clock)
        shift = riding.shift("v1")
        assert riding.driver.post(f"/drive/{shift}/take").status_code == 302
        return riding, shift

    def session(self, client: Client) -> str:
        """The key of somebody's session."""
        return str(client.cookies["sessionid"].value)


@pytest.fixture
def world(data_dir: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return World()


def _open(browser: Browser, address: str, session_key: str, **more: Any) -> Page:
    session = browser.new_context(viewport=SIZES["phone"], locale="en", timezone_id="Europe/Helsinki", **more)  # type: ignore[arg-type]
    session.add_cookies([{"name": "sessionid", "value": session_key, "url": address}])
    return session.new_page()


def test_without_a_network(browser: Browser, live_server: Any, world: World) -> None:
    riding, shift = world.riding, world.shift
    page = _open(browser, live_server.url, world.session(riding.driver))
    watch = Watch(page)
    page.goto(f"{live_server.url}/drive/{shift}")
    page.locator("[data-ready][data-kept]").wait_for()
    page.get_by_role("button", name="Begin the shift").click()
    expect(page.locator("#manifest")).to_have_attribute("data-state", "OUT")
    watch.check()
    _picture(page, "drive-begun")

    page.context.set_offline(True)
    page.reload()
    page.locator("[data-ready]").wait_for()
    watch.errors.clear()  # that there is no connection
    first = page.locator("#stops > .stop").first
    reference = uuid.UUID(first.get_attribute("data-reference"))
    name = next(name for name, known in riding.references.items() if known == reference)
    code = world.run(lambda: riding.code_of(name))
    first.get_by_role("button", name="I am here").click()
    first.locator("input.code").fill(code)
    _picture(page, "drive-offline")
    first.get_by_role("button", name="Aboard", exact=True).click()
    expect(page.locator("#queue")).to_contain_text("Actions that wait for a connection: 2")
    expect(page.locator(f"[data-reference='{reference}'][data-what=pickup]")).to_have_count(0)
    page.reload()
    page.locator("[data-ready]").wait_for()
    expect(page.locator(f"[data-reference='{reference}'][data-what=pickup]")).to_have_count(0)
    assert world.run(lambda: DriverAction.objects.filter(reference=reference).exclude(what="seen").count()) == 0
    watch.errors.clear()
    watch.check()

    page.context.set_offline(False)
    expect(page.locator("#queue")).to_be_hidden(timeout=15_000)
    watch.errors.clear()
    watch.check()
    _picture(page, "drive-sent")
    done = world.run(lambda: sorted(_done(reference)))
    assert done == [("arrive", "done"), ("board", "done")]
    assert world.run(lambda: Ride.objects.get(reference=reference).state) == "BOARDED"

    page.goto(f"{live_server.url}/drive/{shift}")
    page.locator("[data-ready][data-kept]").wait_for()
    assert _kept(page), "the page is kept for this driver alone"
    logout = page.context.new_page()
    logout.goto(f"{live_server.url}/accounts/logout/")
    logout.wait_for_function("caches.keys().then((names) => names.length === 0)")
    assert not _kept(logout)
    logout.close()

    page.locator("summary", has_text="Break, end, breakdown").click()
    page.get_by_role("button", name="The vehicle has broken down").click()
    expect(page.locator("#manifest")).to_have_attribute("data-state", "BROKEN_DOWN")
    page.context.close()


def test_where_the_vehicle_is(browser: Browser, live_server: Any, world: World) -> None:
    riding, shift = world.riding, world.shift
    world.run(lambda: riding.does(shift, "begin"))
    code = world.run(lambda: riding.order_of("Aino Kanerva").code)
    page = _open(browser, live_server.url, world.session(riding.browsers["Aino Kanerva"]))
    watch = Watch(page)
    page.goto(f"{live_server.url}/orders/{code}/vehicles")
    expect(page.locator("#vehicles")).to_contain_text("Bus 1")
    watch.check()
    _picture(page, "rider")
    world.run(lambda: riding.does(shift, "arrive", "Aino Kanerva", at=datetime.now(UTC)))
    page.reload()  # hours before the ride nothing streams; the page asks once a minute
    expect(page.locator("#vehicles")).to_contain_text("Bus 1 is here and waits for you.", timeout=15_000)
    watch.check()
    page.goto(f"{live_server.url}/orders/{code}")
    watch.check()
    _picture(page, "rider-order")
    page.context.close()


def test_the_board(browser: Browser, live_server: Any, world: World) -> None:
    staff = world.run(lambda: world.riding.staff("operator_staff"))
    page = _open(browser, live_server.url, world.session(staff))
    watch = Watch(page)
    page.goto(f"{live_server.url}/operators/valley/rides")
    expect(page.locator("main")).to_contain_text("Driver: Driver One")
    watch.check()
    _picture(page, "board")
    page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]
    watch.check()
    _picture(page, "board-wide")
    page.context.close()


def _kept(page: Page) -> list[str]:
    return [str(name) for name in page.evaluate("caches.keys()") if name.startswith("drive-")]


def _done(reference: uuid.UUID) -> list[tuple[str, str]]:
    rows = DriverAction.objects.filter(reference=reference).exclude(what="seen")
    return list(rows.values_list("what", "outcome"))


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("MAAS_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
