"""Reasons that no parameter of the API leads to, and what is not diagnosed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.transit.journeys.cities import NEAR_A, NEAR_D, at, engine_of
from transit.journeys import reliability
from transit.journeys.engine import Engine
from transit.journeys.planning import page_of, planned
from transit.journeys.reasons import Reason, ReasonCode
from transit.journeys.why_not import why_not
from transit.routing.query import Query


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("city"))


QUERY = Query(NEAR_A, NEAR_D, at("08:00"), bicycle=False, language="fi")


def reasons(engine: Engine, query: Query) -> tuple[Reason, ...]:
    return why_not(engine, query, page_of(engine, query, query.time_at), query.time_at)


def test_too_few_vehicles(engine: Engine) -> None:
    assert reasons(engine, QUERY) == ()
    reason, further = reasons(engine, replace(QUERY, max_vehicles=1))
    assert further.code == ReasonCode.WALK_TOO_LONG
    assert (reason.code, reason.vehicles, reason.change) == (ReasonCode.TOO_FEW_VEHICLES, 2, (("max_vehicles", "2"),))


def test_who_can_walk_is_told_no_reasons(engine: Engine) -> None:
    near = replace(QUERY, destination=replace(NEAR_A, lat=NEAR_A.lat + 0.001))
    assert reasons(engine, near) == ()


@pytest.mark.django_db
def test_only_so_many_fallbacks_are_looked_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(engine, replace(QUERY, window_s=7200), at("08:00"))
    monkeypatch.setattr(reliability, "MOST_FOLLOWED", 2)
    monkeypatch.setattr("transit.routing.reliability.TIGHT", 1.0)
    assessed = reliability.assessed(engine, found, QUERY, at("08:00"))
    tight = [leg.transfer for each in assessed for leg in each.legs if leg.transfer and leg.transfer.is_tight]
    assert len(tight) > 2
    assert [transfer.is_followed for transfer in tight] == [True, True] + [False] * (len(tight) - 2)
