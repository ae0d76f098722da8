"""The public register in a browser: by keyboard, in every language, on a phone and a desk, with its map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import SIZES, Watch

pytestmark = [pytest.mark.demo, pytest.mark.browser]

PAGES = ["register", "register/operators", "register/operators/rail-juna", "register/operators/harbour-taxi",
         "register/services/harbour-taxi", "register/services/coast-parcels", "register/changes"]  # fmt: skip
TITLES = {"en": "Register of transport services", "fi": "Liikennepalvelujen rekisteri", "ja": "交通サービス登録簿"}
PATIENCE_MS = 45_000


def context(browser: Browser, language: str, size: str, **options: bool) -> BrowserContext:
    """A fresh browser of somebody who reads a language."""
    return browser.new_context(viewport=SIZES[size], locale=language, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("language", list(TITLES))
def test_every_page(site: str, browser: Browser, language: str, size: str) -> None:
    with context(browser, language, size) as reader:
        page = reader.new_page()
        watch = Watch(page)
        for path in PAGES:
            page.goto(f"{site}/{path}", timeout=PATIENCE_MS)
            watch.check()
        page.goto(f"{site}/register")
        expect(page.locator("h1")).to_have_text(TITLES[language])


def test_by_keyboard_alone(site: str, browser: Browser) -> None:
    with context(browser, "en", "phone") as reader:
        page = reader.new_page()
        page.goto(f"{site}/", timeout=PATIENCE_MS)
        page.get_by_role("link", name=TITLES["en"]).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/register$"))
        page.locator("#q").focus()
        page.keyboard.type("harbour taxi")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("q=harbour"))
        expect(page.locator("#found")).to_have_text("1 service")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "Harbour Taxi":
                break
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/register/services/harbour-taxi"))
        expect(page.locator("h1")).to_have_text("Harbour Taxi")
        expect(page.get_by_text("around the clock")).to_be_visible()


def test_offered_at_a_place_and_on_the_map(site: str, browser: Browser) -> None:
    with context(browser, "en", "desktop") as reader:
        page = reader.new_page()
        watch = Watch(page)
        page.goto(f"{site}/register", timeout=PATIENCE_MS)
        page.locator("#place_text").press_sequentially("windhaven")
        page.locator("#place_text_list [data-index='0']").wait_for(timeout=PATIENCE_MS)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Search").click()
        page.wait_for_url(re.compile("place_at=[^&]"))
        expect(page.get_by_role("link", name="Market Bikes", exact=True)).to_be_visible()
        expect(page.locator(".map canvas")).to_be_visible(timeout=PATIENCE_MS)
        watch.check()


def test_without_scripts(site: str, browser: Browser) -> None:
    with context(browser, "fi", "phone", java_script_enabled=False) as reader:
        page = reader.new_page()
        page.goto(f"{site}/register", timeout=PATIENCE_MS)
        page.locator("#kind").select_option("taxi")
        page.locator("main form button").click()
        page.get_by_role("link", name="Satamataksi").click()
        expect(page.get_by_text("ympäri vuorokauden")).to_be_visible()
