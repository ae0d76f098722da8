"""Importing, publishing, going back: what the database says and what answers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.environment import ROOT
from tests.feeds import NOW, publish, tables_of, write_feed, write_zip
from tests.servers import serve
from transit.feeds.imports import feed_store, import_feed
from transit.feeds.notices import FeedError
from transit.models import FeedVersion, Interface, Network, Publication
from transit.network import current
from transit.network.current import Current, NoNetwork
from transit.network.kept import networks_folder
from transit.network.publish import publish_network, rollback_network

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

FIRST = "stop A 60 24\nstop B 60.1 24\nline 1 bus A 8:00 B 8:10"
SECOND = FIRST + "\nline 1 bus A 9:00 B 9:10"
THIRD = SECOND + "\nline 1 bus A 10:00 B 10:10"


def trips(holder: Current) -> int:
    return len(holder.get().trips.route)


def states(name: str) -> list[str]:
    return list(FeedVersion.objects.filter(interface__name=name).order_by("id").values_list("state", flat=True))


def test_before_anything_is_published_there_is_no_network(data_dir: Path) -> None:
    with pytest.raises(NoNetwork):
        Current().get()


def test_importing_and_publishing(data_dir: Path, tmp_path: Path) -> None:
    network = publish(tmp_path, {"f": FIRST})
    version = FeedVersion.objects.get()
    assert (version.state, version.interface.name, version.summary["trips"]) == ("LIVE", "f", 1)
    assert [(event.old, event.new) for event in version.events.all()] == [("IMPORTED", "LIVE")]
    assert (networks_folder() / network.digest).is_dir()
    assert Current().get().find_trip("f:1-0") == 0


def test_the_same_bytes_again_are_the_same_version(data_dir: Path, tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", FIRST)
    assert import_feed(str(path), "f", NOW) == import_feed(str(path), "f", NOW + timedelta(days=1))
    assert len([path for path in feed_store().rglob("*") if path.is_file()]) == 1


def test_a_new_version_retires_the_old_and_back_again(data_dir: Path, tmp_path: Path) -> None:
    holder = Current()
    publish(tmp_path, {"f": FIRST})
    first = holder.get()
    publish(tmp_path, {"f": SECOND}, now=NOW + timedelta(hours=1))
    assert states("f") == ["RETIRED", "LIVE"]
    assert trips(Current()) == 2
    rollback_network(NOW + timedelta(hours=2))
    assert states("f") == ["LIVE", "RETIRED"]
    assert trips(Current()) == 1
    assert len(first.trips.route) == 1
    with pytest.raises(FeedError, match="no earlier network"):
        rollback_network(NOW + timedelta(hours=3))


def test_the_last_two_networks_stay(data_dir: Path, tmp_path: Path) -> None:
    for hour, text in enumerate((FIRST, SECOND, THIRD)):
        publish(tmp_path, {"f": text}, now=NOW + timedelta(hours=hour))
    assert Network.objects.count() == 3
    kept = {path.name for path in networks_folder().iterdir()}
    assert kept == set(Network.objects.order_by("-id").values_list("digest", flat=True)[:2])
    rollback_network(NOW + timedelta(hours=4))
    assert trips(Current()) == 2


@pytest.mark.parametrize("broken", ["no zip", "no trips", "no stops"])
def test_a_bad_feed_is_rejected_and_the_old_network_goes_on(data_dir: Path, tmp_path: Path, broken: str) -> None:
    publish(tmp_path, {"f": FIRST})
    path = tmp_path / "bad.zip"
    if broken == "no zip":
        path.write_bytes(b"<html>404</html>")
    elif broken == "no trips":
        write_feed(path, "stop A 60 24\nline 1 bus A 8:00")
    else:
        write_zip(path, {name: text for name, text in tables_of(FIRST).items() if name != "stops.txt"})
    with pytest.raises(FeedError):
        import_feed(str(path), "f", NOW + timedelta(hours=1))
    assert states("f") == ["LIVE", "REJECTED"]
    rejected = FeedVersion.objects.get(state="REJECTED")
    assert rejected.events.get().detail["reason"]
    publish_network("test", NOW + timedelta(hours=2))
    assert trips(Current()) == 1


def test_notices_are_kept_with_the_version(data_dir: Path, tmp_path: Path) -> None:
    tables = tables_of(SECOND)
    tables["stop_times.txt"] = tables["stop_times.txt"].replace("09:00:00", "late")
    version = import_feed(str(write_zip(tmp_path / "f.zip", tables)), "f", NOW, anyway=True)
    found = {notice.code: (notice.severity, notice.file, notice.detail) for notice in version.notices.all()}
    # Arrival and departure are both unreadable; without a time at its end the trip goes.
    assert found["invalid_time"][:2] == ("ERROR", "stop_times.txt")
    assert found["missing_trip_edge"][2]["samples"] == ["1-1"]


def test_a_name_serves_one_format(data_dir: Path, tmp_path: Path) -> None:
    Interface.objects.create(name="f", format=Interface.Format.OSM_PBF, url="x")
    with pytest.raises(FeedError, match="format"):
        import_feed(str(write_feed(tmp_path / "f.zip", FIRST)), "f", NOW)


@pytest.mark.parametrize("name", ["a:b", "Ä", "a b"])
def test_a_name_is_a_prefix(data_dir: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(FeedError, match="prefix"):
        import_feed(str(write_feed(tmp_path / "f.zip", FIRST)), name, NOW)


def test_only_some_feeds(data_dir: Path, tmp_path: Path) -> None:
    publish(tmp_path, {"f": FIRST, "g": SECOND})
    publish_network("small", NOW, ["g"])
    assert Current().get().feeds == ("g",)
    with pytest.raises(FeedError, match="nowhere"):
        publish_network("none", NOW, ["nowhere"])


def test_from_an_address(data_dir: Path, tmp_path: Path, settings: Any) -> None:
    content = write_feed(tmp_path / "f.zip", FIRST).read_bytes()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            found = scope["path"] == "/f.zip"
            await send({"type": "http.response.start", "status": 200 if found else 404, "headers": []})
            await send({"type": "http.response.body", "body": content if found else b""})

    with serve(lambda _: app) as (address, _):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [address]
        assert import_feed(f"{address}/f.zip", "", NOW).interface.name == "f"
        with pytest.raises(CommandError, match="404"):
            call_command("import_feed", f"{address}/none.zip")


def test_the_commands(data_dir: Path, tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_feed", str(write_feed(tmp_path / "f.zip", FIRST)), stdout=out)
    call_command("publish_network", "demo", stdout=out)
    assert "f: 1 agencies, 2 stops" in out.getvalue()
    assert "demo" in out.getvalue()
    with pytest.raises(CommandError, match="no earlier network"):
        call_command("rollback_network")
    with pytest.raises(CommandError, match="no file"):
        call_command("import_streets", "nowhere.osm.pbf")


def test_processes_switch_without_a_failed_request(data_dir: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(current, "RECHECK_S", 0.01)
    publish(tmp_path, {"f": FIRST})
    holder, seen, errors, stop = Current(), set(), [], threading.Event()

    def ask() -> None:
        from django.db import connection  # noqa: PLC0415 - each thread has its own connection to close

        try:
            while not stop.is_set():
                network = holder.get()
                count = len(network.trips.route)
                # One network all through a query: what it says of itself fits together.
                assert network.find_trip(f"f:1-{count - 1}") == count - 1
                assert network.find_trip(f"f:1-{count}") is None
                assert len(network.schedule.trip_sequence) == count
                seen.add(count)
                time.sleep(0.001)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for hour, text in enumerate((SECOND, THIRD, FIRST, THIRD), 1):
            publish(tmp_path, {"f": text}, now=NOW + timedelta(hours=hour))
            expected = text.count("line")
            deadline = time.monotonic() + 10
            while len(holder.get().trips.route) != expected and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(holder.get().trips.route) == expected
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert seen == {1, 2, 3}


def test_a_network_that_cannot_be_opened_leaves_the_old_one(data_dir: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(current, "RECHECK_S", 0.0)
    publish(tmp_path, {"f": FIRST})
    holder = Current()
    old = holder.get()
    lost = Network.objects.create(name="lost", digest="0" * 64, built_at=NOW)
    Publication.objects.create(network=lost, published_at=NOW)
    assert holder.get() is old


def test_a_process_that_serves_loads_no_reader_of_feeds() -> None:
    heavy = ["gtfs_kit", "gtfs_guru", "pandas", "geopandas", "polars", "osmium", "pyogrio", "networkx"]
    code = (
        "import django, sys; django.setup()\n"
        "import transit.journeys, transit.network.current, transit.network.places, transit.network.store\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
