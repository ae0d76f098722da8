"""The worlds of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache

from tests.features.town import Town
from tests.feeds import NOW
from transit.models import Region
from transit.network import current


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Every story begins on Monday 2026-11-23 at nine in Helsinki, in a process that has answered nobody yet."""
    cache.clear()
    monkeypatch.setattr(current, "_CURRENT", current.Current())
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def town(db: None, data_dir: Path, tmp_path: Path) -> Town:
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    return Town(tmp_path)
