"""An operator that sells by TOMP 1.6 is told with the hold that somebody comes in a wheelchair, as others are."""

import pytest

from tests.features.a355_a_wheelchair_comes_along import BUS, SEA, bought, needs
from tests.features.market import Market

pytestmark = pytest.mark.django_db


def test_told_in_its_own_words(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA, version="1.6")
    bought(market, wheelchair="true")
    assert needs(market) == [["HR-01"]], "of CROW's dictionary, to which 1.6 refers: a wheelchair, standard"
    bought(market)
    assert needs(market)[1:] == [[]], "nobody else needs one"
