"""From a search to a ticket and its cancellation, in a browser, on a demo that was started as a user starts it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import SIZES, Watch

pytestmark = [pytest.mark.demo, pytest.mark.browser]

ENDS = {
    "en": ("apple avenue", "lantern island pier"),
    "fi": ("omenavayla", "lyhtysaaren lait"),  # without the accents, and cut short
    "ja": ("林檎大通り", "島桟橋"),  # the second is the end of a name
}
BOOKED = {"en": "Your journey is booked", "fi": "Matkasi on varattu", "ja": "予約が完了しました"}
CANCELLED = {"en": "This booking was cancelled", "fi": "Varaus on peruttu", "ja": "この予約は取り消されました"}
PATIENCE_MS = 45_000


def context(browser: Browser, language: str, size: str, **options: bool) -> BrowserContext:
    """A fresh browser of somebody who reads a language."""
    return browser.new_context(viewport=SIZES[size], locale=language, **options)  # type: ignore[arg-type]


def tomorrow() -> str:
    """The next day on the spot: a morning then is never in the past, whenever the suite runs."""
    return f"{datetime.now(ZoneInfo('Europe/Helsinki')) + timedelta(days=1):%Y-%m-%d}"


def leave_in_the_morning(page: Page) -> None:
    """Ask for tomorrow, from half past nine."""
    page.locator("label:has([value=leave])").click()
    page.locator("#date").fill(tomorrow())
    page.locator("#time").fill("09:30")


def open_example(page: Page) -> None:
    """The first example search, tomorrow morning."""
    address = page.locator("[aria-labelledby=examples] a").first.get_attribute("href")
    page.goto(urljoin(page.url, f"{address}&when=leave&date={tomorrow()}&time=09:30"))


def pick(page: Page, end: str, text: str) -> None:
    """Write into a place field and take the first suggestion, with the keyboard alone."""
    page.locator(f"#{end}_text").press_sequentially(text)
    page.locator(f"#{end}_text_list [data-index='0']").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(f"[name={end}_at]").input_value() != ""


def choose_two_operators(page: Page) -> None:
    """Open the first journey with a ferry and a train or bus, not both: two operators, a ticket of each."""
    ferries = page.locator(".journey").filter(has=page.locator("use[href$='#ferry']"))
    train, bus = (page.locator(f"use[href$='#{kind}']") for kind in ("train", "bus"))
    either = ferries.filter(has=train).filter(has_not=bus).or_(ferries.filter(has=bus).filter(has_not=train))
    either.first.locator("h2 a").click()


def pay(page: Page) -> None:
    """Accept the offer and pay on the provider's page."""
    page.locator("main form[method=post] .button.large").click()
    page.wait_for_url(re.compile("/stripe/"), timeout=PATIENCE_MS)
    page.locator("button").first.click()
    page.wait_for_url(re.compile("/orders/"), timeout=PATIENCE_MS)


def cancel(page: Page, language: str, watch: Watch | None = None) -> None:
    """Give the booking back: the fee first, then the deed."""
    page.locator("a.button.danger").click()
    page.wait_for_url(re.compile("/cancel"))
    if watch:
        watch.check()
    page.locator("button.danger").click()
    expect(page.locator("h1")).to_have_text(CANCELLED[language], timeout=PATIENCE_MS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ENDS)
def test_search_book_pay_ride_and_cancel(browser: Browser, site: str, language: str, size: str) -> None:
    session = context(browser, language, size)
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{site}/")
    assert page.locator("html").get_attribute("lang") == language
    watch.check()
    page.locator("label:has([value=arrive])").click()
    page.locator("#travellers summary").click()
    page.locator("#manner summary").click()
    watch.check()
    leave_in_the_morning(page)
    for end, text in zip(("from", "to"), ENDS[language], strict=True):
        pick(page, end, text)
    page.locator("#search .button.large").click()
    page.wait_for_url(re.compile("/journeys"))
    watch.check()
    choose_two_operators(page)
    expect(page.locator(".map canvas")).to_be_visible()
    watch.check()
    page.locator("form[action='/offers'] button").click()
    page.wait_for_url(re.compile("/offers/"))
    watch.check()
    pay(page)
    expect(page.locator("h1")).to_have_text(BOOKED[language], timeout=PATIENCE_MS)
    watch.check()
    assert page.locator(".ticket-row").count() == 2

    page.locator(".ticket-row a").first.click()
    expect(page.locator(".qr svg")).to_be_visible()
    watch.check()
    page.goto(f"{site}/tickets")
    assert page.locator("main > div > div > ul .ticket-row").count() == 2
    watch.check()

    page.locator(".ticket-row a").first.click()
    page.locator(".back").click()
    cancel(page, language, watch)
    watch.check()
    session.close()


def test_a_declined_card_charges_nothing_and_says_so(browser: Browser, site: str) -> None:
    session = context(browser, "en", "phone")
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{site}/")
    open_example(page)
    choose_two_operators(page)
    page.locator("form[action='/offers'] button").click()
    page.locator("main form[method=post] .button.large").click()
    page.wait_for_url(re.compile("/stripe/"), timeout=PATIENCE_MS)
    page.get_by_label(re.compile("declines")).check()
    page.locator("button").first.click()
    page.locator("a, button").filter(has_text=re.compile("Cancel and go back")).click()
    page.wait_for_url(re.compile("/orders/"), timeout=PATIENCE_MS)
    watch.errors.clear()  # the provider's page answers a declined card with 402
    page.locator("form[action$='give-up'] button").click()
    expect(page.locator("h1")).to_have_text("The journey was not booked", timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text("charged")
    watch.check()
    page.goto(f"{site}/tickets")
    assert page.locator(".ticket-row").count() == 0
    session.close()


def test_everything_works_without_javascript(browser: Browser, site: str) -> None:
    session = context(browser, "en", "phone", java_script_enabled=False)
    page = session.new_page()
    page.goto(f"{site}/")
    page.locator("#from_text").fill("apple avenue")
    page.locator("#to_text").fill("lantern island")
    page.locator("[name=when][value=leave]").check(force=True)
    page.locator("#date").fill(tomorrow())
    page.locator("#time").fill("09:30")
    page.locator("#search .button.large").click()
    expect(page.locator("h1")).to_have_text("Which place do you mean?")
    page.get_by_role("radio", name=re.compile("^Lantern Island Pier")).first.check()
    page.locator("main form .button").click()
    choose_two_operators(page)
    page.locator("form[action='/offers'] button").click()
    pay(page)
    expect(page.locator("h1")).to_have_text(BOOKED["en"], timeout=PATIENCE_MS)
    page.locator(".ticket-row a").first.click()
    expect(page.locator(".qr svg")).to_be_visible()
    session.close()


def test_a_slow_answer_keeps_back_no_newer_one(browser: Browser, site: str) -> None:
    """Once seen on a busy machine: whoever went on typing while suggestions were on their way saw none."""
    session = context(browser, "en", "desktop")
    page = session.new_page()
    page.goto(f"{site}/")
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/places\?q=mark&"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"q=mark&")):
        page.locator("#from_text").press_sequentially("mark")
    page.locator("#from_text").press_sequentially("et squ")
    page.locator("#from_text_list [data-index='0']").wait_for()
    session.close()


def test_the_keyboard_alone_is_enough(browser: Browser, site: str) -> None:
    session = context(browser, "en", "desktop")
    page = session.new_page()
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#from_text")).to_be_focused()
    page.keyboard.type("market squ")
    page.locator("#from_text_list [data-index='0']").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator("#from_text").get_attribute("aria-activedescendant") == "from_text_list_0"
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.locator("#to_text").evaluate("e => e === document.activeElement"):
            break
    page.keyboard.type("swimming hall")
    page.locator("#to_text_list [data-index='0']").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("#to_text_list")).to_be_hidden()
    page.keyboard.press("Enter")  # sent as text: the server asks which place is meant
    expect(page.locator("h1")).to_have_text("Which place do you mean?")
    session.close()


@pytest.mark.parametrize("size", SIZES)
def test_walking_slowly_with_directions_page_by_page(browser: Browser, site: str, size: str) -> None:
    """With the keyboard: how one walks and changes is chosen, kept on every page, and each walk is explained."""
    session = context(browser, "en", size)
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{site}/")
    page.wait_for_load_state("networkidle")  # on wide screens the map is drawn to its end
    pick(page, "from", "apple avenue")
    pick(page, "to", "lantern island pier")
    leave_in_the_morning(page)
    page.locator("#manner summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[name=pace][value=slow]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=changing][value=unhurried]")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/journeys"))
    manner = "Walking: Slow · Time to change: 3 min longer"
    expect(page.locator("main")).to_contain_text(manner)
    first = page.locator(".journey h2 a").all_inner_texts()
    folded = page.locator(".journey details summary").first
    folded.click()
    expect(page.locator(".directions li").first).to_contain_text("Head ")
    watch.check()
    page.locator(".more a", has_text="Later").click()
    expect(page.locator("main")).to_contain_text(manner)
    second = page.locator(".journey h2 a").all_inner_texts()
    assert not set(first) & set(second)
    page.locator(".more a", has_text="Earlier").click()
    assert page.locator(".journey h2 a").all_inner_texts()[-1] == first[-1]
    page.locator(".journey").filter(has=page.locator(".badge")).first.locator("h2 a").click()
    page.wait_for_url(re.compile(r"/journey\?"))
    for summary in page.locator(".timeline summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    expect(page.locator(".timeline .directions li").first).to_be_visible()
    watch.check()
    session.close()


def test_another_browser_sees_nothing_of_it(browser: Browser, site: str) -> None:
    mine, other = context(browser, "en", "phone"), context(browser, "en", "phone")
    page = mine.new_page()
    page.goto(f"{site}/")
    open_example(page)
    choose_two_operators(page)
    page.locator("form[action='/offers'] button").click()
    page.wait_for_url(re.compile("/offers/"))
    stranger = other.new_page()
    answer = stranger.goto(page.url)
    assert answer is not None
    assert answer.status == 404
    mine.close()
    other.close()


def test_departures_of_a_stop(browser: Browser, site: str) -> None:
    session = context(browser, "fi", "phone")
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{site}/departures")
    pick(page, "stop", "kauppatori")
    page.locator("main form .button").click()
    expect(page.locator(".departures")).to_be_visible()
    assert page.locator(".departures tbody tr").count() > 3
    watch.check()
    session.close()


@pytest.mark.parametrize("path", ["/", "/departures", "/tickets", "/accounts/login/", "/accounts/signup/"])
def test_other_pages_have_no_fault(browser: Browser, site: str, path: str) -> None:
    for scheme in ("light", "dark"):
        session = browser.new_context(viewport=SIZES["phone"], locale="fi", color_scheme=scheme)  # type: ignore[arg-type]
        page = session.new_page()
        watch = Watch(page)
        page.goto(site + path)
        watch.check()
        session.close()


@pytest.mark.parametrize(("language", "size"), [("fi", "phone"), ("ja", "phone"), ("en", "desktop")])
def test_a_real_city(browser: Browser, tampere: str, language: str, size: str) -> None:
    """On the feed of Tampere: a ride that is sold becomes a ticket, and the money comes back."""
    session = context(browser, language, size)
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{tampere}/")
    watch.check()
    pick(page, "from", "keskustori")
    pick(page, "to", "hervanta")
    leave_in_the_morning(page)
    page.locator("#search .button.large").click()
    page.wait_for_url(re.compile("/journeys"))
    watch.check()
    page.locator(".journey").filter(has=page.locator(".badge")).first.locator("h2 a").click()
    expect(page.locator(".map canvas")).to_be_visible()
    watch.check()
    page.locator("form[action='/offers'] button").click()
    page.wait_for_url(re.compile("/offers/"))
    watch.check()
    pay(page)
    expect(page.locator("h1")).to_have_text(BOOKED[language], timeout=PATIENCE_MS)
    watch.check()
    page.locator(".ticket-row a").first.click()
    expect(page.locator(".qr svg")).to_be_visible()
    page.locator(".back").click()
    cancel(page, language)
    watch.check()
    session.close()


@pytest.mark.parametrize(
    "path", ["/", "/departures", "/journeys?from_text=a&to_text=b", "/tickets", "/accounts/login/"]
)
def test_pages_reflow_on_the_narrowest_screen(browser: Browser, site: str, path: str) -> None:
    """WCAG 2.2, 1.4.10: 320 CSS pixels without scrolling sideways."""
    session = browser.new_context(viewport={"width": 320, "height": 600}, locale="fi")
    page = session.new_page()
    page.goto(site + path)
    for closed in page.locator("main summary, label:has([value=arrive])").all():
        closed.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    session.close()


def test_places_that_nobody_knows(browser: Browser, site: str) -> None:
    session = context(browser, "en", "phone")
    page = session.new_page()
    page.goto(f"{site}/journeys?{urlencode({'from_text': 'qqqqqq', 'to_text': 'xxxxxx'})}")
    expect(page.locator("main")).to_contain_text("Nothing with this name is known here.")
    session.close()
