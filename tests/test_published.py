"""A copy of what was published is what publishing gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.forms.models import model_to_dict

from tests.feeds import publish
from tests.published import TABLES
from transit.feeds.confined import RECENT
from transit.feeds.imports import feed_store
from transit.network.kept import networks_folder

FEED = """
stop A 60.000 24.000 Asema
stop B 60.010 24.000 Satama
line 1 bus A 8:00 B 8:10
"""
pytestmark = [pytest.mark.db, pytest.mark.django_db]


def facts() -> list[object]:
    """All rows without their numbers, and all files."""
    rows = [
        {name: value for name, value in model_to_dict(row).items() if name not in ("id", "feed_versions")}
        for table in TABLES
        if not table._meta.auto_created
        for row in table.objects.all()  # type: ignore[attr-defined]
    ]
    for row in rows:
        for name in ("interface", "feed_version", "network"):
            row.pop(name, None)
    roots = feed_store(), networks_folder()
    return [rows, sorted(str(path.relative_to(root)) for root in roots for path in root.rglob("*") if path.is_file())]


def test_the_same_again_is_a_copy(data_dir: Path, tmp_path: Path) -> None:
    network = publish(tmp_path, {"copied": FEED})
    first = facts()
    RECENT.clear()
    versions = list(network.feed_versions.values_list("sha256", "state"))
    for table in reversed(TABLES):
        table.objects.all().delete()  # type: ignore[attr-defined]
    for path in (*feed_store().rglob("*"), *networks_folder().rglob("*")):
        path.unlink() if path.is_file() else None
    again = publish(tmp_path, {"copied": FEED})
    assert facts() == first
    assert list(again.feed_versions.values_list("sha256", "state")) == versions
    assert not RECENT


def test_another_text_is_built(data_dir: Path, tmp_path: Path) -> None:
    RECENT.clear()
    publish(tmp_path, {"other": FEED.replace("8:10", "8:20")})
    assert RECENT
