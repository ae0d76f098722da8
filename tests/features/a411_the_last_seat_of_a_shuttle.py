"""Two hundred callers and one seat: exactly one has it, in one process or in many threads of one."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from tests.features.shuttle import Shuttle
from tests.oracles.dispatching import flaws
from tests.transit.ondemand.valley import RULES
from transit.models import Ride, ServiceDay
from transit.ondemand import edit, rides
from transit.ondemand.quote import RideRefused
from transit.ondemand.roster import Roster
from transit.ondemand.streets import roads_of
from transit.ondemand.versions import rules_of

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
HOME, SHOP, FAR = (60.100, 24.900), (60.110, 24.920), (60.150, 24.980)
CALLERS = 200
AT_ONCE = 40
"""So many connections a site has; a PostgreSQL takes a hundred."""


def small() -> Any:
    """A car with one seat, that drives one party at a time."""
    (bus,) = RULES.vehicles
    return replace(RULES, vehicles=(replace(bus, layouts=((1, 0, 0, 0),)),))


def calling(shuttle: Shuttle, callers: int, apart: Any = None) -> list[str]:
    """What each of many callers hears, all at once, who were all quoted the same."""
    wished = next(each for each in shuttle.asks(HOME, FAR, "10:00") if each.told_at == shuttle.at("10:00"))
    heard, begin, room = [], threading.Barrier(callers), threading.Semaphore(AT_ONCE)

    def call() -> None:
        begin.wait()
        if apart is not None:
            apart()
        with room:
            try:
                held = rides.hold(uuid.uuid4(), wished.token, shuttle.now + timedelta(minutes=10), now=shuttle.now)
                heard.append(held.state)
            except RideRefused as no:
                heard.append(no.code)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(heard)


def test_one_of_two_hundred() -> None:
    shuttle = Shuttle(small())
    assert calling(shuttle, CALLERS) == ["HELD"] + ["full"] * (CALLERS - 1)
    assert Ride.objects.count() == 1


def test_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each caller were answered by a process of its own: nobody waits for the plan of another one."""
    shuttle = Shuttle(small())
    apart_from_each_other(monkeypatch)
    assert calling(shuttle, 12) == ["HELD"] + ["full"] * 11
    day = ServiceDay.objects.get()
    assert flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) == []


def test_without_the_guard_there_would_be_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the plan is written whatever the revision is: then the slow check finds what is wrong."""
    shuttle = Shuttle(small())
    apart_from_each_other(monkeypatch)
    monkeypatch.setattr(edit, "unchanged", lambda roster: ServiceDay.objects.filter(pk=roster.day_id))
    heard = calling(shuttle, 12)
    day = ServiceDay.objects.get()
    assert heard.count("HELD") > 1
    assert flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) != []


def apart_from_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thread has a plan of its own, as every process has, and all read it before anybody writes."""
    met = threading.Barrier(12, timeout=20)
    kept = threading.local()

    def own(day_id: int) -> Roster:
        if not hasattr(kept, "roster"):
            day = ServiceDay.objects.select_related("rule_set").get(pk=day_id)
            kept.roster = Roster(day, rules_of(day.rule_set), roads_of(day.rule_set))
        roster: Roster = kept.roster
        return roster

    def together(self: Any) -> bool:
        if not getattr(kept, "was_there", False):
            kept.was_there = True
            met.wait()
        return write(self)

    write = edit.Edit.write
    monkeypatch.setattr("transit.ondemand.rosters._of", own)
    monkeypatch.setattr(edit.Edit, "write", together)
