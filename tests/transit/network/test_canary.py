"""A network that does not find its own trips is not published."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.feeds import write_feed
from transit.feeds.notices import FeedError
from transit.network import canary
from transit.network.build import Source, build
from transit.network.store import Network, open_network

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop S 60.230 24.960 School
line 1 bus block=b H 23:50 M 24:15
line 2 bus block=b M 24:20 S 24:25
every 10 until 9:00 line 3 tram H 8:00 M 8:10
"""


@pytest.fixture
def network(tmp_path: Path) -> Network:
    path = write_feed(tmp_path / "feed.zip", COAST)
    return open_network(build([Source("f", path, sha256(path.read_bytes()).hexdigest())], tmp_path / "networks"))


def test_a_sound_network_answers(network: Network) -> None:
    canary.ask(network)


def test_trips_that_run_on_no_day_any_more_are_missed(network: Network) -> None:
    service = np.full(len(network.schedule.trip_service), len(network.schedule.service_active), np.uint32)
    active = np.vstack((network.schedule.service_active, np.zeros_like(network.schedule.service_active[:1])))
    network.schedule = replace(network.schedule, trip_service=service, service_active=active)
    with pytest.raises(FeedError, match="does not find trip f:"):
        canary.ask(network)
