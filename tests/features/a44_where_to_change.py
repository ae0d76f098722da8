"""Two lines meet at several stops: one changes where it is easiest."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

# Trams 1 and 2 run side by side from the Bridge over the Market to the Hall, and part there.
SIDE_BY_SIDE = """
stop H 60.1500 24.9000 Harbour
stop B1 60.1800 24.9300 Bridge
stop B2 60.1803 24.9310 Bridge south
stop M 60.1900 24.9500 Market
stop L1 60.2000 24.9600 Hall
stop L2 60.2015 24.9605 Hall north
stop W 60.2100 24.9000 West
stop A 60.3000 24.9600 Airport
line 1 tram H 8:00 B1 8:10 M 8:15 L1 8:20
line 2 tram W 8:05 B2 8:16 M 8:21 L2 8:26 A 8:50
"""


def test_at_the_same_stop(town: Town) -> None:
    town.publish(coast=SIDE_BY_SIDE)
    assert town.journeys("coast:H", "coast:A", "07:55") == [
        "08:00 Tram 1 Harbour–Market 08:15 > 08:21 Tram 2 Market–Airport 08:50"
    ]


def test_within_a_station_where_no_stop_is_shared(town: Town) -> None:
    town.publish(
        coast=SIDE_BY_SIDE.replace("stop L1 60.2000 24.9600 Hall", "stop L1 60.2000 24.9600 parent=S platform=1 Hall")
        .replace("stop L2 60.2015 24.9605 Hall north", "stop L2 60.2015 24.9605 parent=S platform=2 Hall")
        .replace("stop M", "station S 60.2 24.96 Hall\nstop N 60.1902 24.9512 Market north\nstop M")
        .replace("M 8:21", "N 8:21")
    )
    (change,) = town.journeys("coast:H", "coast:A", "07:55")
    assert "Harbour–Hall (1) 08:20 > walk" in change
    assert "Tram 2 Hall (2)–Airport 08:50" in change


def test_with_time_to_spare(town: Town) -> None:
    """At the Market one would have two minutes, at the Bridge five."""
    town.publish(
        coast=SIDE_BY_SIDE.replace("stop B2 60.1803 24.9310 Bridge south\n", "").replace(
            "B2 8:16 M 8:21", "B1 8:16 M 8:17"
        )
    )
    assert town.journeys("coast:H", "coast:A", "07:55") == [
        "08:00 Tram 1 Harbour–Bridge 08:10 > 08:16 Tram 2 Bridge–Airport 08:50"
    ]
