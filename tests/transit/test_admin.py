"""The staff's page of a feed version: what is wrong in it, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.feeds import NOW, tables_of, write_zip
from transit.feeds.imports import import_feed
from transit.models import FeedVersion

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
FEED = "stop A 60 24\nstop B 60.1 24\nline 1 bus A 8:00 B 8:10\nline 1 bus A 9:00 B 9:10"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("officer@example.org", "long-enough-word"))
    return client


def test_a_notice_says_where_and_what_to_do(data_dir: Path, tmp_path: Path, staff: Client) -> None:
    tables = tables_of(FEED)
    tables["stop_times.txt"] = tables["stop_times.txt"].replace("09:00:00,09:00:00", "late,<b>late")
    version = import_feed(str(write_zip(tmp_path / "f.zip", tables)), "f", NOW, anyway=True)
    page = staff.get(f"/admin/transit/feedversion/{version.pk}/change/").content.decode()
    for words in (
        "A time cannot be read.",
        "stop_times.txt, arrival_time, from line 4",
        "line 4: <q>late</q>",
        "Write times as HH:MM:SS",
        "What is wrong is left out.",
        "<q>&lt;b&gt;late</q>",
        "<code>invalid_time</code>",
        "gtfs-guru",
    ):
        assert words in page, words
    rows = staff.get("/admin/transit/feedversion/").content.decode()
    assert "IMPORTED" in rows
    errors = version.notices.filter(severity="ERROR").count()
    assert f'class="field-errors">{errors}<' in rows


def test_a_rejected_feed_says_why_first(data_dir: Path, tmp_path: Path, staff: Client) -> None:
    path = tmp_path / "f.zip"
    path.write_bytes(b"<html>moved</html>")
    with pytest.raises(Exception, match="not a zip"):
        import_feed(str(path), "f", NOW)
    page = staff.get(f"/admin/transit/feedversion/{FeedVersion.objects.get().pk}/change/").content.decode()
    assert "The file is not a zip." in page
    assert "REJECTED" in page
    assert "The feed is rejected." in page
