"""The pages on which rides on demand are set up: nothing that axe finds, at each size, in each language."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, expect

from maas.accounts.models import Role
from tests.browser.conftest import Watch
from tests.browser.test_duty import LOOKS, opened
from tests.transit.ondemand.valley import RULES, service
from transit.models import Region
from transit.ondemand import versions

pytestmark = [pytest.mark.demo, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime.now(UTC)


@pytest.fixture
def office(data_dir: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """An officer's session, and the numbers of a released version and of a draft after it."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with ThreadPoolExecutor(1) as django:
        yield django.submit(_set_up).result()


def _set_up() -> dict[str, str]:
    row = service()
    Region.objects.update(languages=["fi", "en", "ja"])
    users = [get_user_model().objects.create_user(f"{name}@example.org") for name in ("one", "two")]
    Role.objects.create(user=users[0], kind="region_officer", scope="coast")
    row.sales = "ondemand"
    row.save()
    first = versions.save(versions.draft(row, users[0], NOW), RULES, NOW)
    versions.release(versions.submit(first, users[0], versions.today_of(row, NOW), "First", NOW), users[1], NOW)
    second = versions.draft(row, users[0], NOW)
    client = Client()
    client.force_login(users[0], backend="django.contrib.auth.backends.ModelBackend")
    return {"session": client.cookies["sessionid"].value, "first": str(first.pk), "second": str(second.pk)}


PAGES = (
    "", "regions/coast", "regions/coast/new", "services/valley", "services/valley/facts", "versions/{first}",
    "versions/{second}", "versions/{second}/compare/{first}", "versions/{second}/zones", "versions/{second}/zones/new",
    "versions/{second}/zones/0", "versions/{first}/zones/0", "versions/{second}/hours/new", "versions/{second}/booking",
    "versions/{second}/vehicles/0", "versions/{second}/stops/new", "versions/{second}/groups/new",
    "versions/{second}/exclusions/new", "versions/{second}/fares", "versions/{second}/subsidies/new",
)  # fmt: skip


def test_every_page(browser: Browser, live_server: Any, office: dict[str, str]) -> None:
    for number, path in enumerate(PAGES):
        page = opened(browser, live_server.url, office["session"], *LOOKS[number % 3])
        watch = Watch(page)
        page.goto(f"{live_server.url}/on-demand/{path.format(**office)}")
        page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")
        watch.check()
        page.context.close()


def test_what_is_wrong_is_read_out(browser: Browser, live_server: Any, office: dict[str, str]) -> None:
    page = opened(browser, live_server.url, office["session"], "phone")
    watch = Watch(page)
    page.goto(f"{live_server.url}/on-demand/versions/{office['second']}/hours/0")
    page.get_by_label("Rides are over by").fill("5:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet.")
    field = page.get_by_label("Rides are over by")
    expect(field).to_have_value("5:00")
    expect(field).to_have_accessible_description(
        "After midnight, 25:10 is ten past one. This is not after the begin. After midnight, 25:10 is ten past one."
    )
    watch.errors.clear()  # 422 is logged by the browser
    watch.check()
    page.get_by_label("Rides are over by").fill("25:10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hours")
