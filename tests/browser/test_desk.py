"""The phone desk by keyboard alone: how many keys a booking takes, and that every page can be used so."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from bookings import tasks
from bookings.models import Order
from tests.browser.conftest import SIZES, Watch
from tests.features.conftest import emptied_ledger, market, monday
from tests.features.market import Market
from tests.features.switchboard import PHONE, book, guest, keep, town, wish, work

__all__ = ["emptied_ledger", "market", "monday"]
pytestmark = [pytest.mark.demo, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("MAAS_SHOTS", "")


@dataclass
class Keyboard:
    """A page without a mouse; every key that is pressed is counted."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()


def seated(browser: Browser, desk: Client, url: str, size: str = "desktop") -> Keyboard:
    """The desk's browser, logged in."""
    session = browser.new_context(viewport=SIZES[size], locale="en")  # type: ignore[arg-type]
    session.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": url}])
    page = session.new_page()
    page.goto(f"{url}/desk/callers")
    return Keyboard(page)


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def code_told(desk: Keyboard) -> str:
    """Workers do their part; the code that the page shows by then."""
    desk.page.wait_for_url("**/orders/**")
    for _ in range(20):
        tasks.sweep_orders()
        if Order.objects.latest("pk").state == "COMPLETED":
            break
        time.sleep(0.05)
    expect(desk.page.locator(".spoken output")).to_be_visible()
    return desk.page.locator(".spoken output").inner_text()


def test_a_known_caller_in_fifteen_keys(browser: Browser, live_server: Any, market: Market) -> None:
    desk = town(market)
    book(desk, keep(desk), wish())
    order = work(market)
    keys = seated(browser, desk, live_server.url)
    watch = Watch(keys.page)
    began = time.perf_counter()
    keys.write("0401234567")
    keys.press("Enter")
    keys.sees("Ask which of them it is")
    shoot(keys.page, "found")
    watch.check()
    keys.press("1")
    keys.sees("Once more")
    shoot(keys.page, "caller")
    watch.check()
    keys.press("1")
    keys.sees("Read out, and ask which one")
    shoot(keys.page, "choices")
    watch.check()
    keys.press("1")
    keys.sees("How do you want to pay?")
    shoot(keys.page, "price")
    watch.check()
    keys.press("c")
    code = code_told(keys)
    took_s = time.perf_counter() - began
    shoot(keys.page, "code")
    watch.check()
    assert len(code.replace(" ", "")) == 4
    assert keys.pressed == 15
    assert took_s < 60
    assert Order.objects.exclude(pk=order.pk).get().owner == order.owner
    keys.press("n")
    keys.sees("Who is calling?")


def test_a_guest_who_goes_somewhere_new(browser: Browser, live_server: Any, market: Market) -> None:
    desk = town(market)
    keys = seated(browser, desk, live_server.url)
    watch = Watch(keys.page)
    watch.check()
    began = time.perf_counter()
    keys.press("Escape", "g")
    keys.write("Aino")
    keys.press("Tab")
    keys.write("+358401234567")
    keys.press("Enter")
    expect(keys.page.locator("#from_text")).to_be_focused()
    keys.write("Harb")
    expect(keys.page.locator("#from_text_list [data-index]").first).to_be_visible()
    keys.press("ArrowDown", "Enter", "Tab")
    keys.write("Quay")
    expect(keys.page.locator("#to_text_list [data-index]").first).to_be_visible()
    keys.press("ArrowDown", "Enter", "Enter")
    keys.sees("Read out, and ask which one")
    keys.press("1")
    keys.sees("How do you want to pay?")
    keys.press("c")
    assert len(code_told(keys).replace(" ", "")) == 4
    assert time.perf_counter() - began < 60
    assert keys.pressed == 37


def test_on_a_telephone_and_every_other_page(browser: Browser, live_server: Any, market: Market) -> None:
    desk = town(market)
    where = keep(desk, phone=PHONE)
    book(desk, where, wish())
    work(market)
    keys = seated(browser, desk, live_server.url, "phone")
    watch = Watch(keys.page)
    watch.check()
    pages = {"caller": "", "file": "/file", "recurring": "/recurring", "delegates": "/delegates"}
    pages["cancel"] = f"/orders/{Order.objects.latest('pk').code}/cancel"
    for name, address in pages.items():
        keys.page.goto(f"{live_server.url}{where}{address}")
        shoot(keys.page, f"phone-{name}")
        watch.check()
    keys.page.goto(f"{live_server.url}{guest(desk)}/keep")
    shoot(keys.page, "phone-keep")
    watch.check()
    for address in ("/desk/expiring-rights", "/desk/failed-days", "/my-file"):
        keys.page.goto(f"{live_server.url}{address}")
        watch.check()
