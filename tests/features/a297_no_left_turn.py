"""Nobody is said to drive where a turn is forbidden: a taxi goes round the block, there and on the way back not."""

from __future__ import annotations

import pytest

from tests.features.a234_a_taxi_without_a_feed import TRAIN, VALLEY
from tests.features.town import Town
from transit.models import Operator, Service, Taxi

# From the west to the east of a crossing, then north; who may not turn left goes round the block: 4.5 km more.
STREETS = """
street primary maxspeed=72 60.120,24.850 60.120,24.900 # Länsitie
street primary maxspeed=72 60.120,24.900 60.120,24.940 # Itätie
street primary maxspeed=72 60.120,24.900 60.140,24.900 # Pohjoistie
street primary maxspeed=72 60.120,24.940 60.140,24.940 60.140,24.900 # Kiertotie
street primary maxspeed=72 60.140,24.900 60.160,24.900 # Satamatie
"""
CORNER = "60.120,24.850 60.120,24.900 60.140,24.900"
WEST, NORTH = "60.1201,24.8510", "60.1590,24.9001"


@pytest.fixture
def taxi(town: Town) -> Taxi:
    operator = Operator.objects.create(code="valley-taxi", legal_name="Valley Taxi Ltd", country="FI")
    service = Service.objects.create(operator=operator, agency_id="taxi:valley", name="Valley Taxi")
    return Taxi.objects.create(service=service, area=VALLEY, timezone="Europe/Helsinki")


def metres(town: Town, turn: str = "", ends: tuple[str, str] = (WEST, NORTH)) -> int:
    """How far one is driven."""
    town.publish(valley=TRAIN, streets=STREETS + turn)
    (found,) = [each for each in town.plan(*ends, "10:00", taxi="true") if each["legs"][0]["mode"] == "taxi"]
    return int(found["legs"][0]["distance_m"])


@pytest.mark.django_db
@pytest.mark.usefixtures("taxi")
def test_round_the_block(town: Town) -> None:
    straight = metres(town)
    round_m = metres(town, f"turn restriction=no_left_turn {CORNER}")
    assert straight in range(7_000, 7_200)
    assert round_m - straight in range(4_300, 4_600)
    assert metres(town, f"turn restriction=no_left_turn {CORNER}", (NORTH, WEST)) == pytest.approx(straight, abs=20)
    assert metres(town, "turn restriction=only_straight_on 60.120,24.850 60.120,24.900 60.120,24.940") == round_m


@pytest.mark.django_db
@pytest.mark.usefixtures("taxi")
def test_whom_it_does_not_concern(town: Town) -> None:
    straight = metres(town)
    for told in ("restriction=no_left_turn except=motorcar;psv", "restriction:hgv=no_left_turn",
                 "restriction:conditional=no_left_turn", "restriction=give_way"):  # fmt: skip
        assert metres(town, f"turn {told} {CORNER}") == straight, told
    assert metres(town, f"turn restriction:motorcar=no_left_turn {CORNER}") > straight + 4_000
