"""Real timetables: the engine's Pareto sets are the oracle's. `python -m bars.search` asks more and a second oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transit.routing.cities import CITIES, City, city_of

pytestmark = pytest.mark.exhaustive
QUESTIONS = 30


@pytest.fixture(scope="module", params=list(CITIES))
def city(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return city_of(request.param, shared_data, tmp_path_factory.mktemp("networks"))


def test_the_engine_finds_what_the_oracle_finds(city: City) -> None:
    questions = city.questions(QUESTIONS, seed=1)
    assert [text for question in questions if (text := city.disagreement(question, city.rounds))] == []
    vehicles = {k for question in questions for _, _, k in city.answer(question)}
    assert max(vehicles) >= 2
