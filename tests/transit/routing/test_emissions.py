"""CO2 by mode and length, with a region's own figures."""

import pytest

from transit.routing.emissions import GRAMS_PER_KM, adopt, grams
from transit.routing.query import Mode


def test_every_mode_has_a_figure() -> None:
    assert set(GRAMS_PER_KM) == set(Mode)
    assert grams(Mode.BUS, 1500) == 156
    assert grams(Mode.WALK, 1500) == 0


def test_a_region_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GRAMS_PER_KM, Mode.BUS, 104)  # put back afterwards
    adopt({"bus": 60})
    assert grams(Mode.BUS, 1500) == 90
    with pytest.raises(ValueError, match="rocket"):
        adopt({"rocket": 1})
