"""Shared vehicles are read as often as their operator says; whatever it sends instead loses nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from maas.sandbox.gbfs import create_app, town_fleet
from maas.sandbox.gbfs.app import FILES
from tests.servers import serve
from transit import tasks
from transit.feeds.mobility import list_rentals
from transit.models import Interface, RealtimeState
from transit.register.mobility import list_due


@pytest.mark.django_db
def test_read_kept_and_never_lost(data_dir: Path, settings: Any, shared_specs: Path) -> None:
    fleet = town_fleet("Town Bikes", [("Market", 60.19, 24.95), ("Harbour", 60.15, 24.90)])
    fleet.calm = True
    with serve(lambda url: create_app({"town": fleet}, url)) as (url, _):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        for name in ("gbfs", *FILES):
            sent = httpx.get(f"{url}/town/{name}.json", trust_env=False).json()
            jsonschema.validate(sent, json.loads((shared_specs / "gbfs" / "v3.0" / f"{name}.json").read_text()))
        interface = Interface.objects.create(name="town", format="GBFS", url=f"{url}/town/gbfs.json")

        def read() -> RealtimeState:
            tasks.read_system(interface_id=interface.pk)
            return RealtimeState.objects.get(interface=interface)

        def bikes() -> list[int]:
            return [each.vehicles["bike"] for each in list_rentals()[0].status.stations]

        assert list_due(datetime.now(UTC)) == [interface.pk]
        state = read()
        assert (state.error, bikes(), state.counts["vehicles"], state.counts["zones"]) == ("", [6, 6], 1, 1)
        now = datetime.now(UTC)
        assert [bool(list_due(now + timedelta(seconds=s))) for s in (9, 29, 31)] == [False, False, True]

        httpx.post(f"{url}/_twin/town", json={"stands": {"1": 0}}, trust_env=False)
        read()
        assert bikes() == [0, 6]

        for broken, said in (('{"last_upd', "station_status is not JSON"), ('{"data": {}}', "does not say when")):
            httpx.post(f"{url}/_twin/town", json={"broken": broken, "stands": {"1": 4}}, trust_env=False)
            state = read()
            assert said in state.error
            assert bikes() == [0, 6]
        httpx.post(f"{url}/_twin/town", json={"age_s": 3600}, trust_env=False)
        assert "older than those read before" in read().error
        assert (state.failures, bikes()) == (2, [0, 6])
        httpx.post(f"{url}/_twin/town", json={"age_s": 0}, trust_env=False)
        assert (read().error, bikes()) == ("", [4, 6])
    assert "ConnectError" in read().error
    assert bikes() == [4, 6]
