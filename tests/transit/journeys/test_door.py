"""The door answers from the network that is published, and follows the pointer to the next one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.feeds import publish
from tests.transit.journeys.cities import FEED, NEAR_A, NEAR_D, STREETS, at
from transit import journeys
from transit.network.current import RECHECK_S
from transit.routing.query import Query


@pytest.mark.django_db
def test_from_import_to_itinerary(data_dir: Path, tmp_path: Path) -> None:
    publish(tmp_path, {"city": FEED}, STREETS)
    time.sleep(RECHECK_S)
    journeys.warm(at("08:00"))
    query = Query(NEAR_A, NEAR_D, at("08:00"), bicycle=False, directions=True, language="fi")
    found = journeys.plan(query, at("08:00")).itineraries
    assert found[0].legs[1].start_at == at("08:30")
    assert journeys.recheck(found[0], "fi", at("08:00")) == found[0]
    assert journeys.departures("city:A", at("08:00"), 1, "fi", at("08:00")).departures[0].departure_at == at("08:00")
    (place, *_) = journeys.find_places("Satama", "fi")
    assert place.stop_id == "city:D"
    here = journeys.find_place_at(60.0, 24.15, "fi")
    assert here is not None
    assert here.stop_id == "city:D"

    publish(tmp_path, {"city": FEED.replace("A 7:00 B 7:10", "A 7:05 B 7:10")})
    time.sleep(RECHECK_S)
    with pytest.raises(journeys.ItineraryChanged):
        journeys.recheck(found[0], "fi", at("08:00"))
    assert journeys.plan(query, at("08:00")).itineraries[0].legs[1].start_at == at("08:05")
