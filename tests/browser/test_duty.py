"""The pages of the duty in a browser: nothing that axe finds, everything by keyboard, at phone and desktop size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from maas.accounts.models import Role
from tests.browser.conftest import SIZES, Watch
from tests.features.duties import interface, operator, region, state
from transit.models import AccessRequest, Complaint, Supervision
from transit.register import access, complaints, disclosers, exemptions
from transit.register.access import Asked, Said
from transit.register.complaints import Written
from transit.register.duty import Reach, Span
from transit.register.exemptions import Wish

pytestmark = [pytest.mark.demo, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime.now(UTC)
TODAY = NOW.date()
ROLES = {
    "officer": ("region_officer", "coast"),
    "second": ("region_officer", "coast"),
    "staff": ("operator_staff", "bus"),
    "shop": ("provider", ""),
}
LOOKS = [("phone", "en"), ("desktop", "fi"), ("phone", "ja")]


@pytest.fixture
def coast(data_dir: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Something of everything, and the session of each. Django is asked in a thread of its own."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with ThreadPoolExecutor(1) as django:
        yield django.submit(_set_up).result()


def _set_up() -> dict[str, str]:
    coast = region()
    Supervision.objects.create(region=coast, authority="Coast Council", email="duty@coast.example")
    for code, kind in (("bus", "bus"), ("taxi", "taxi"), ("sea", "ferry"), ("mystery", "")):
        operator(code, coast, kind)
    for kind in ("bus", "taxi", "ferry"):
        state(coast, kind, 1, TODAY - timedelta(days=20))
        state(coast, kind, 3, TODAY + timedelta(days=20))
    interface("sea")
    interface("bus", "TOMP-2.0", "shop")
    sessions, users = {}, {}
    for name, (kind, scope) in ROLES.items():
        users[name] = get_user_model().objects.create_user(f"{name}@example.org")
        Role.objects.create(user=users[name], kind=kind, scope=scope)
        client = Client()
        client.force_login(users[name], backend="django.contrib.auth.backends.ModelBackend")
        sessions[name] = client.cookies["sessionid"].value
    said = Said("Trip Shop Oy", "1234567-8", "Aino Aalto", "aino@shop.example", "Selling tickets in our app.")
    access.ask(Asked("bus", 3, said, "shop"), users["shop"], NOW)
    AccessRequest.objects.update(escalated_at=NOW)
    for operator_code, by in (("bus", "taxi"), ("taxi", "bus")):
        disclosers.propose(operator_code, by, Reach("taxi", 1), Span(TODAY), users["officer"], NOW)
    wishes = [exemptions.ask("taxi", Wish("taxi", 1, "small", "Two cars.", TODAY, None), users["officer"], NOW)]
    wishes += [exemptions.ask("bus", Wish("bus", 1, "cost", "Too dear.", TODAY, None), users["staff"], NOW)]
    exemptions.decide(wishes[0].pk, users["second"], NOW, grant=True, answer="Agreed for now.")
    complaints.write(Written("bus", "old", "It is that of last winter.", "Eino", "eino@mail.example", "en"), NOW)
    found = complaints.said(Complaint.objects.get())
    assert found is not None
    complaints.confirm(found.token, NOW)
    request = AccessRequest.objects.get().code
    return sessions | {"token": found.token, "request": request, "complaint": str(Complaint.objects.get().pk)}


PAGES = [
    ("", "/register/duty"),
    ("", "/register/duty/bus"),
    ("", "/register/operators/taxi"),
    ("", "/register/access"),
    ("", "/register/duty/bus/complain"),
    ("", "/register/complaints/{token}"),
    ("shop", "/register/access/mine"),
    ("shop", "/register/access/ask/bus"),
    ("shop", "/register/access/requests/{request}"),
    ("staff", "/register/access/requests/{request}"),
    ("staff", "/operators/bus/duty"),
    ("officer", "/register/officer"),
    ("officer", "/register/officer/regions/coast"),
    ("officer", "/register/officer/complaints/{complaint}"),
]


def opened(browser: Browser, url: str, session: str, size: str, language: str = "en") -> Page:
    context = browser.new_context(viewport=SIZES[size], locale=language, timezone_id="Europe/Helsinki")  # type: ignore[arg-type]
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return context.new_page()


def test_every_page(browser: Browser, live_server: Any, coast: dict[str, str]) -> None:
    for number, (who, path) in enumerate(PAGES):
        page = opened(browser, live_server.url, coast.get(who, ""), *LOOKS[number % 3])
        watch = Watch(page)
        page.goto(live_server.url + path.format(**coast))
        for each in page.locator("main details").all():
            each.locator("summary").click()
        watch.check()
        page.context.close()


def test_by_keyboard(browser: Browser, live_server: Any, coast: dict[str, str]) -> None:
    page = opened(browser, live_server.url, "", "desktop")
    page.goto(f"{live_server.url}/register/duty/sea")
    link = page.get_by_role("link", name="Complain about what is disclosed")
    _tab_to(page, link)
    page.keyboard.press("Enter")
    for name, typed in (("Please tell us what you noticed", "Wrong pier."), ("Your e-mail address", "a@mail.example")):
        _tab_to(page, page.get_by_label(name))
        page.keyboard.type(typed)
    _tab_to(page, page.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mailbox")


def _tab_to(page: Page, target: Any) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    pytest.fail("the keyboard does not get there")
