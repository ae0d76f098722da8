"""The page of an interface in Chromium: for everybody's eyes and hands, at both sizes, in three languages."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Watch
from tests.features.a107_statements import member
from tests.features.probed import Probed
from tests.features.town import Town
from tests.feeds import NOW
from transit.models import Interface, ProbeDay, Region

pytestmark = [pytest.mark.demo, pytest.mark.browser]


@pytest.fixture
def sea(transactional_db: None, data_dir: Path, tmp_path: Path, settings: Any) -> Interface:
    """A ferry company that was tried, and whose data have been better."""
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    with ExitStack() as doors, time_machine.travel(NOW, tick=True) as clock:
        probed = Probed(Town(tmp_path), settings, doors, clock)
        interface = probed.sells("sea", capability="A", bare_errors=True)
        for ago in range(1, 60):
            down_s = {7: 7200, 20: 40_000}.get(ago, 0)
            day = datetime.now(UTC).date() - timedelta(days=ago)
            ProbeDay.objects.create(interface=interface, day=day, up_s=86400 - down_s, down_s=down_s, probes=144)
        probed.asks("sea-sales")
    Interface.objects.filter(pk=interface.pk).update(capability="D")
    return interface


@pytest.mark.parametrize("language", ["en", "fi", "ja"])
def test_page(live_server: Any, sea: Interface, page: Page, tmp_path: Path, language: str) -> None:
    cookie = member("region_officer", "coast").cookies["sessionid"].value
    watch = Watch(page)
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.context.set_extra_http_headers({"Accept-Language": language})
    for size in SIZES.values():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{live_server.url}/register/interfaces/sea-sales")
        watch.check()
        page.screenshot(path=tmp_path / f"interface-{language}-{size['width']}.png", full_page=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#reach ~ details summary')"):
            break
    page.keyboard.press("Enter")
    assert page.locator("#reach ~ details[open] td").first.is_visible()
    watch.check()
