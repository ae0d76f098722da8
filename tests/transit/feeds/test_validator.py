"""The second validator: its notices stand beside ours, say nothing twice, and its failure is a notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.feeds import NOW, write_zip
from tests.transit.feeds.attacks import ZIPS
from tests.transit.feeds.hostile import CASES, good
from transit.feeds import imports
from transit.feeds.confined import Work
from transit.feeds.imports import import_feed
from transit.feeds.notices import FeedError, Notice, joined
from transit.feeds.validator import SOURCE, validate

DAY = "2026-11-23"


def test_notices_with_rows_and_values(tmp_path: Path) -> None:
    path = CASES["a stop time at no stop"].make(tmp_path / "feed.zip")
    found = {(row["code"], row["file"], row["field"]): row for row in validate(str(path), DAY)}
    notice = found["foreign_key_violation", "stop_times.txt", "stop_id"]
    assert (notice["severity"], notice["count"], notice["source"]) == ("ERROR", 1, SOURCE)
    assert notice["samples"] == ("nowhere",)
    table = good()["stop_times.txt"]
    assert isinstance(table, str)
    at = next(i for i, line in enumerate(table.splitlines(), 1) if ",Z," in line)
    assert (notice["line"], notice["lines"]) == (at, (at,))


def test_what_we_said_is_not_said_again() -> None:
    ours = [
        Notice("invalid_time", "ERROR", "stop_times.txt", "arrival_time", 3, ("x",)),
        Notice("unusable_trip", "ERROR", "stop_times.txt", "trip_id", 1, ("t",)),
        Notice("duplicate_key", "ERROR", "stops.txt", "", 1, ("a",)),
    ]
    same = [
        Notice("invalid_time", "ERROR", "stop_times.txt", "arrival_time", 3, ("x",), source=SOURCE),
        Notice("unusable_trip", "WARNING", "", "", 1, ("t",), source=SOURCE),
        Notice("duplicate_key", "ERROR", "stops.txt", "stop_id", 1, ("a",), source=SOURCE),
    ]
    news = [
        Notice("invalid_time", "ERROR", "frequencies.txt", "start_time", 1, ("y",), source=SOURCE),
        Notice("unused_shape", "WARNING", "", "", 1, ("s",), source=SOURCE),
    ]
    assert set(joined(ours, [*same, *news])) == {*ours, *news}


@pytest.mark.parametrize("attack", ZIPS, ids=str)
def test_it_never_sees_a_zip_that_our_guard_refuses(attack: Any, tmp_path: Path) -> None:
    path = attack.make(tmp_path / "feed.zip")
    if attack.code in ("zip_entry_damaged", "missing_required_file"):
        return
    with pytest.raises(FeedError) as caught:
        validate(str(path), DAY)
    assert caught.value.code == attack.code


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", ["crash", "vanish", "spin", "fail"])
def test_its_failure_is_a_notice(
    data_dir: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    class Misbehaving(Work):
        def started(self, *_: Any, **limits: Any) -> Any:
            return super().started(**limits)

    monkeypatch.setattr(imports, "_VALIDATE", Misbehaving("tests.transit.feeds.labour", failure))
    settings.VALIDATOR_WALL_S = 2
    version = import_feed(str(write_zip(tmp_path / "f.zip", good())), "f", NOW)
    assert version.state == "IMPORTED"
    assert [notice.code for notice in version.notices.all()] == ["validator_failed"]


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_both_are_recorded(data_dir: Path, tmp_path: Path) -> None:
    version = import_feed(str(CASES["a stop twice"].make(tmp_path / "f.zip")), "f", NOW)
    rows = {(row.code, row.detail["source"]): row for row in version.notices.all()}
    assert rows["duplicate_key", ""].line == 9
    assert ("duplicate_key", SOURCE) not in rows
    assert any(source == SOURCE for _, source in rows)
