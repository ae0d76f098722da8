"""The worlds of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from maas.sandbox import stripe
from tests.bookings.conftest import emptied_ledger
from tests.features.market import Market
from tests.features.now import Now
from tests.features.probed import Probed
from tests.features.publisher import Publisher
from tests.features.town import Town
from tests.features.wire import Wire
from tests.feeds import NOW
from tests.servers import serve
from transit.journeys import quotes, realtime
from transit.models import Region
from transit.network import current
from transit.remote.tomp import tokens

__all__ = ["emptied_ledger"]


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Every story begins on Monday 2026-11-23 at nine in Helsinki, in a process that has answered nobody yet."""
    cache.clear()
    monkeypatch.setattr(current, "_CURRENT", current.Current())
    monkeypatch.setattr(realtime, "_REALTIME", realtime.Realtime())
    monkeypatch.setattr(tokens, "_tokens", {})  # a port of another story's operator may be used again
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def town(db: None, data_dir: Path, tmp_path: Path) -> Town:
    """Searches alone, in a transaction that is rolled back."""
    _region()
    return Town(tmp_path)


@pytest.fixture
def wire(data_dir: Path, tmp_path: Path, settings: Any) -> Iterator[Wire]:
    """Operators that say how their trips run; after `town` or `market` has published their timetables."""
    with ExitStack() as doors:
        yield Wire(tmp_path / "said", settings, doors)


@pytest.fixture
def publisher(data_dir: Path, tmp_path: Path, settings: Any) -> Iterator[Publisher]:
    """A publisher of timetables with a web server."""
    with ExitStack() as doors:
        made = Publisher(tmp_path / "published", settings, doors)
        made.open()
        yield made


@pytest.fixture
def market(
    emptied_ledger: None,
    live_server: Any,
    data_dir: Path,
    tmp_path: Path,
    settings: Any,
    monday: time_machine.Traveller,
) -> Iterator[Market]:
    """Searches and sales, with a web server to which the payment provider's messages come."""
    _region()
    settings.DEBUG = True  # operators may live on this machine
    settings.PUBLIC_URL = live_server.url
    webhooks = f"{live_server.url}/api/v1/webhooks/stripe"
    with ExitStack() as doors:
        address, _ = doors.enter_context(
            serve(lambda url: stripe.create_app(webhook_url=webhooks, public_url=url, seed="story"))
        )
        settings.STRIPE_API_BASE = address
        yield Market(tmp_path, settings=settings, stripe=address, clock=monday, doors=doors)


@pytest.fixture
def now(town: Town, wire: Wire, monday: time_machine.Traveller) -> Now:
    """An operator that says how its trips run."""
    return Now(town, wire, monday)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own dispatcher is waited for while it is compiled."""
    monkeypatch.setattr(quotes, "DEADLINE_S", 120.0)


@pytest.fixture
def probed(town: Town, settings: Any, monday: time_machine.Traveller) -> Iterator[Probed]:
    """A register whose interfaces are asked."""
    with ExitStack() as doors:
        yield Probed(town, settings, doors, monday)


def _region() -> None:
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
