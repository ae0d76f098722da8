"""Messages that a railway really sent, on its timetable of that day (Caltrain, 7 November 2023, at five o'clock)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from starlette.staticfiles import StaticFiles

from tests.features.town import Town
from tests.features.wire import Wire
from tests.servers import serve
from transit import tasks
from transit.feeds.imports import import_feed
from transit.models import ObservedDelay
from transit.network.publish import publish_network

SAID_AT = datetime.fromtimestamp(1_699_405_560, UTC)


@pytest.mark.usefixtures("db")
def test_every_train_is_known(town: Town, wire: Wire, shared_data: Path, monday: time_machine.Traveller) -> None:
    folder = shared_data / "realtime"
    monday.move_to(SAID_AT)
    import_feed(str(folder / "caltrain.zip"), "rail", SAID_AT)
    publish_network("test", SAID_AT)
    with serve(lambda url: StaticFiles(directory=folder)) as (url, _):
        for name in ("trip-updates", "vehicle-positions", "service-alerts"):
            wire.add("rail", f"{url}/ct-{name}.pb", name)
        states = {name: wire.read("rail", name) for name in ("trip-updates", "vehicle-positions", "service-alerts")}
    assert {name: (state.error, state.faults, state.counts) for name, state in states.items()} == {
        "trip-updates": ("", [], {"trip_updates": 19, "trips": 19, "unknown_trips": 0}),
        "vehicle-positions": ("", [], {"vehicle_positions": 14, "trips": 14, "unknown_trips": 0}),
        "service-alerts": ("", [], {"trips": 0, "unknown_trips": 0}),
    }
    (vehicle,) = town.get("vehicles", trip_id="rail:124")["vehicles"]
    assert (vehicle["lat"], vehicle["lon"], vehicle["seen_at"]) == (37.370461, -121.99604, "2023-11-08T01:05:49Z")
    tasks.observe_delays()
    seen = ObservedDelay.objects.filter(trip_id="rail:124")
    assert [(row.stop_id, row.service_date.isoformat(), row.hour, row.delay_s) for row in seen] == [
        ("rail:70232", "2023-11-07", 17, 124),
    ]
