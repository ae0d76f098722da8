"""The board of a stop: what leaves next, over every operator and into the night."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

BUS = """
stop M 60.1900 24.9500 Market
stop H 60.1500 24.9000 Harbour
every 20 until 23:40 line 1 bus M 8:00 H 8:09
line N bus M 24:10 H 24:19
"""


def test_the_next_ones(town: Town) -> None:
    town.publish(bus=BUS)
    assert town.board("bus:M", "08:05") == ["08:20 Bus 1 to H", "08:40 Bus 1 to H", "09:00 Bus 1 to H"]


def test_after_midnight(town: Town) -> None:
    town.publish(bus=BUS)
    assert town.board("bus:M", "23:30") == ["23:40 Bus 1 to H", "00:10 Bus N to H", "08:00 Bus 1 to H"]


def test_the_last_stop(town: Town) -> None:
    town.publish(bus=BUS)
    assert town.board("bus:H", "08:00") == []


def test_no_such_stop(town: Town) -> None:
    town.publish(bus=BUS)
    problem = town.get("departures", stop="bus:nowhere", status=404)
    assert (problem["code"], problem["title"]) == ("no_such_stop", "There is no such stop.")


def test_the_page(town: Town) -> None:
    town.publish(bus=BUS)
    page = town.client.get("/departures", {"stop": "bus:M"}).content.decode()
    assert page.index("09:20") < page.index("09:40") < page.index("10:00")
