"""An inspector's page that has lost its network: what it says of tickets, and what it tells when it is back."""

from __future__ import annotations

import base64
import contextlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect

from bookings.models import Booking, Ticket, TicketCheck
from bookings.services import rides, ticketing
from bookings.states import TICKET
from maas.accounts.models import Role
from tests import factories
from tests.browser.conftest import SIZES, Watch
from transit.models import Operator, Region
from transit.routing.itinerary import Itinerary

pytestmark = [pytest.mark.demo, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime.now(UTC)


@pytest.fixture
def sold(data_dir: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Four tickets of the bus that leaves now, the second given back. Django is asked in a thread of its own."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with ThreadPoolExecutor(1) as django:
        yield django.submit(_sell).result()


def _sell() -> tuple[list[str], str]:
    """The tokens of the bus, and the key of a session of its driver."""
    region = Region.objects.create(
        code="r", name="R", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    Operator.objects.create(code="bus", legal_name="Bussit Oy", country="FI", region=region)
    tokens = []
    for number in range(2):
        order = factories.order(factories.offer(_journey()), state="COMPLETED")
        bus = Booking.objects.get(order=order, operator_code="bus")
        tokens += [ticket.token for ticket in ticketing.issue([bus], NOW)]
        rides.note(order, [bus])
        if number == 0:
            TICKET.move(bus.tickets.order_by("pk")[1], "VOID", at=NOW.isoformat())
    user = get_user_model().objects.create_user("driver@example.org")
    Role.objects.create(user=user, kind="driver", scope="bus")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return tokens, client.cookies["sessionid"].value


def _journey() -> Itinerary:
    """That of the factory, on the service day of now."""
    found = factories.itinerary(NOW - timedelta(minutes=6))
    today = NOW.astimezone(ZoneInfo("Europe/Helsinki")).date()
    legs = [replace(leg, service=leg.service and replace(leg.service, service_date=today)) for leg in found.legs]
    return replace(found, legs=tuple(legs))


def check(page: Page, text: str) -> str:
    """What the page says of a code or number."""
    page.evaluate("document.getElementById('verdict').replaceChildren()")
    page.locator("#text").fill(text)
    page.locator("#check .button.wide").last.click()
    expect(page.locator("#verdict h2")).to_be_visible()
    return page.locator("#verdict").inner_text()


def test_without_a_network(browser: Browser, live_server: Any, sold: Any) -> None:
    (good, void, other, fourth), session_key = sold
    session = browser.new_context(viewport=SIZES["phone"], locale="en", timezone_id="Europe/Helsinki")  # type: ignore[arg-type]
    session.add_cookies([{"name": "sessionid", "value": session_key, "url": live_server.url}])
    page = session.new_page()
    watch = Watch(page)
    page.goto(f"{live_server.url}/inspect/bus")
    page.locator("[data-ready][data-kept]").wait_for()
    expect(page.locator("#state")).to_contain_text("tickets: 4")
    watch.check()

    session.set_offline(True)
    page.reload()
    page.locator("[data-ready]").wait_for()
    watch.errors.clear()  # that there is no connection
    said = check(page, good)
    assert "The ticket is valid." in said
    assert "Asema – Satama" in said
    figures = page.locator("#verdict .figures")
    expect(figures).to_contain_text("A screen must show")
    watch.check()
    serial = _serial(good)
    assert "Already used at" in check(page, good)
    assert page.locator("#verdict.warn").count() == 1
    assert "This ticket was cancelled." in check(page, void)
    assert page.locator("#verdict.bad").count() == 1
    watch.check()
    head, body, signature = other.split(".")
    forged = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
    assert "forged" in check(page, f"{head}.{forged}.{signature}")
    assert "no ticket of ours" in check(page, "https://example.org/menu.pdf")
    assert "Looked up by its number" in check(page, _serial(fourth)[-6:].lower())
    expect(page.locator("#state")).to_contain_text("wait for a connection: 4")

    session.set_offline(False)
    page.locator("#sync").click()
    expect(page.locator("#state")).not_to_contain_text("wait for a connection")
    watch.errors.clear()
    watch.check()
    with ThreadPoolExecutor(1) as django:
        rows, state = django.submit(_stored, serial).result()
    assert rows == ["accepted", "accepted", "refused", "refused"]
    assert state == "USED"

    session.clear_cookies(name="sessionid")
    page.locator("#sync").click()
    expect(page.locator("#login a")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("no lists yet")
    session.close()


def test_where_the_browser_cannot_verify(browser: Browser, live_server: Any, sold: Any) -> None:
    """It says so, and looks up what the code names."""
    (good, *_), session_key = sold
    session = browser.new_context(viewport=SIZES["phone"], locale="en")  # type: ignore[arg-type]
    session.add_cookies([{"name": "sessionid", "value": session_key, "url": live_server.url}])
    session.add_init_script("SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('NotSupported'))")
    page = session.new_page()
    page.goto(f"{live_server.url}/inspect/bus")
    page.locator("[data-ready]").wait_for()
    expect(page.locator("#unable")).to_be_visible()
    assert "Looked up by its number" in check(page, good)
    assert "cannot verify codes" in check(page, "x.e30.x")
    session.close()


def _serial(token: str) -> str:
    return str(ticketing.said_by(token)["jti"])


def _stored(serial: str) -> tuple[list[str], str]:
    outcomes = sorted(TicketCheck.objects.values_list("outcome", flat=True))
    return outcomes, Ticket.objects.get(serial=serial).state


def test_by_the_camera(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: Any, sold: Any, tmp_path: Path
) -> None:
    """A camera that sees the code of a ticket."""
    (good, *_), session_key = sold
    seen = _filmed(good, tmp_path / "seen.y4m")
    quiet = [*browser_type_launch_args["args"], "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    arguments = {**browser_type_launch_args, "args": [*quiet, f"--use-file-for-fake-video-capture={seen}"]}
    with contextlib.closing(browser_type.launch(**arguments)) as browser:
        session = browser.new_context(viewport=SIZES["phone"], locale="fi")  # type: ignore[arg-type]
        session.add_cookies([{"name": "sessionid", "value": session_key, "url": live_server.url}])
        page = session.new_page()
        watch = Watch(page)
        page.goto(f"{live_server.url}/inspect/bus")
        page.locator("[data-ready]").wait_for()
        page.locator("#scan").click()
        expect(page.locator("#verdict.good")).to_contain_text("Lippu kelpaa.", timeout=20_000)
        expect(page.locator("#camera")).to_be_hidden()
        watch.check()


def _filmed(token: str, path: Path) -> Path:
    """Two pictures of the code as uncompressed video (YUV4MPEG2)."""
    code = Image.open(io.BytesIO(base64.b64decode(ticketing.qr_png(token).split("base64,")[1]))).convert("L")
    picture = Image.new("L", (960, 720), 200)
    picture.paste(code.resize((600, 600)), (180, 60))
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (960 * 720 // 2)
    path.write_bytes(b"YUV4MPEG2 W960 H720 F10:1 Ip A1:1 C420jpeg\n" + frame * 2)
    return path
