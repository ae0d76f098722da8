"""What waits for a person: feeds of which much is lost, that halve, double or have ended; and full disks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.feeds import NOW, tables_of, write_feed, write_zip
from transit.feeds.imports import import_feed, scratch
from transit.feeds.notices import FeedError
from transit.models import FeedVersion, Network, Publication
from transit.network.kept import networks_folder
from transit.network.publish import publish_network

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def timetable(minutes: int, calendar: str = "") -> str:
    """A bus so often, over three stops."""
    return (
        "stop A 60 24\nstop B 60.1 24\nstop C 60.2 24\n"
        f"every {minutes} until 20:00 line 1 bus A 6:00 B 6:10 C 6:20\n{calendar}"
    )


def imported(folder: Path, text: str, hours: int = 0) -> FeedVersion:
    return import_feed(str(write_feed(folder / "f.zip", text)), "f", NOW + timedelta(hours=hours))


@pytest.mark.parametrize(("before", "after"), [(10, 25), (25, 10)])
def test_half_or_double_the_departures_wait_for_a_person(
    data_dir: Path, tmp_path: Path, before: int, after: int
) -> None:
    imported(tmp_path, timetable(before))
    publish_network("town", NOW)
    version = imported(tmp_path, timetable(after), 1)
    with pytest.raises(CommandError, match=f"f has {version.summary['departures_on_fullest_day']} departures"):
        call_command("publish_network", "town")
    assert Publication.objects.count() == 1
    call_command("publish_network", "town", anyway=True)
    assert list(FeedVersion.objects.order_by("id").values_list("state", flat=True)) == ["RETIRED", "LIVE"]
    # Now it is the measure.
    imported(tmp_path, timetable(after + 1), 2)
    publish_network("town", NOW + timedelta(hours=2))


def test_a_third_less_or_few_departures_need_nobody(data_dir: Path, tmp_path: Path) -> None:
    for hour, minutes in enumerate((10, 15, 20)):
        imported(tmp_path, timetable(minutes), hour)
        publish_network("town", NOW + timedelta(hours=hour))
    imported(tmp_path, timetable(120), 4)
    publish_network("town", NOW + timedelta(hours=4), anyway=True)
    imported(tmp_path, timetable(30), 5)
    publish_network("town", NOW + timedelta(hours=5))


def test_what_has_ended_is_published_by_hand_alone(data_dir: Path, tmp_path: Path) -> None:
    tables = tables_of(timetable(30))
    tables["calendar.txt"] = tables["calendar.txt"].replace("20271231", "20261101")
    version = import_feed(str(write_zip(tmp_path / "f.zip", tables)), "f", NOW)
    assert version.notices.filter(code="expired_feed", severity="WARNING").exists()
    with pytest.raises(FeedError, match="f ended on 2026-11-01") as caught:
        publish_network("town", NOW, unattended=True)
    assert caught.value.code == "expired_feed"
    publish_network("town", NOW)
    # What answers already goes on.
    publish_network("town", NOW, unattended=True)


def test_a_feed_of_which_much_is_lost_is_taken_by_a_person_alone(data_dir: Path, tmp_path: Path) -> None:
    tables = tables_of(timetable(60))
    tables["stop_times.txt"] = tables["stop_times.txt"].replace("06:00:00,06:00:00", "soon,soon")
    path = str(write_zip(tmp_path / "f.zip", tables))
    with pytest.raises(CommandError, match=r"1 of 15 rows of trips\.txt cannot be used, more than 5%"):
        call_command("import_feed", path)
    assert FeedVersion.objects.get().state == "REJECTED"
    call_command("import_feed", path, anyway=True)
    version = FeedVersion.objects.get()
    assert version.state == "IMPORTED"
    assert version.notices.filter(code="too_much_dropped").exists()
    assert version.summary["trips"] == 14


def test_one_publication_at_a_time(data_dir: Path, tmp_path: Path) -> None:
    from transit.feeds import aside  # noqa: PLC0415 - the lock that another process would hold

    imported(tmp_path, timetable(30))
    with (
        aside.only_one(networks_folder().with_name(".publishing.lock")),
        pytest.raises(FeedError, match="at this moment"),
    ):
        publish_network("town", NOW)
    assert publish_network("town", NOW)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder into which a few megabytes go."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_changes_nothing(data_dir: Path, tmp_path: Path, small_disk: Path) -> None:
    imported(tmp_path, timetable(30))
    first = publish_network("town", NOW)
    imported(tmp_path, timetable(29), 1)
    whole = networks_folder().rename(tmp_path / "whole")
    networks_folder().rmdir()
    (tmp_path / "networks").symlink_to(small_disk)
    (whole / first.digest).rename(tmp_path / "kept")
    refusals: list[FeedError] = []
    for free in range(0, 1_400_000, 100_000):
        filler = small_disk / "filler"
        filler.unlink(missing_ok=True)
        room = 4 * 1024 * 1024 - free
        filler.write_bytes(b"\0" * room)
        try:
            publish_network("town", NOW + timedelta(hours=1))
        except FeedError as error:
            refusals.append(error)
            seen = [path.name for path in small_disk.iterdir() if not path.name.startswith(".")]
            assert (seen, Network.objects.count()) == (["filler"], 1)
        else:
            break
    assert {error.code for error in refusals} == {"disk_full"}
    assert all("no room left" in str(error) for error in refusals)
    assert free > 100_000
    assert Network.objects.count() == 2
    assert list(scratch().iterdir()) == []


def test_a_full_store_takes_no_feed(data_dir: Path, tmp_path: Path, small_disk: Path) -> None:
    (tmp_path / "feeds").symlink_to(small_disk)
    (small_disk / "filler").write_bytes(b"\0" * (4 * 1024 * 1024 - 4096))
    with pytest.raises(FeedError, match="no room left") as caught:
        imported(tmp_path, timetable(1))
    assert caught.value.code == "disk_full"
    assert FeedVersion.objects.count() == 0
    assert not list(small_disk.glob(".incoming-*"))
