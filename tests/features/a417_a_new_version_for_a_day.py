"""A new version holds from its day on: an empty day follows it, what was promised under the old one stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth import get_user_model

from tests.features.shuttle import TODAY, Shuttle
from tests.transit.ondemand.valley import RULES
from transit.models import ServiceDay
from transit.ondemand import shifts, versions
from transit.ondemand.quote import RideRefused
from transit.ondemand.rules import Rules

pytestmark = pytest.mark.django_db(transaction=True)
HOME, SHOP = (60.100, 24.900), (60.110, 24.920)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
(BUS,) = RULES.vehicles


def release(shuttle: Shuttle, rules: Rules, day: date) -> None:
    one, other = get_user_model().objects.order_by("pk")[:2]
    draft = versions.draft(shuttle.rule_set.service, one, shuttle.now)
    versions.save(draft, rules, shuttle.now)
    versions.submit(draft, one, day, "", shuttle.now)
    versions.release(draft, other, shuttle.now)


def fleet_of(day: date) -> list[str]:
    return [each.vehicle for each in shifts.list_shifts("valley", day)]


def test_days_and_versions() -> None:
    shuttle = Shuttle()
    assert shuttle.refused(HOME, SHOP, "10:00", day=TUESDAY).startswith("had")
    shuttle.holds("Aino", shuttle.asks(HOME, SHOP, "10:00", day=WEDNESDAY)[0])
    stale = shuttle.asks(HOME, SHOP, "11:00", day=TUESDAY)[0]
    assert (fleet_of(TODAY), fleet_of(TUESDAY), fleet_of(WEDNESDAY)) == ([], ["v1"], ["v1"])
    release(shuttle, replace(RULES, vehicles=(BUS, replace(BUS, code="v2"))), TUESDAY)
    assert shuttle.refused(HOME, SHOP, "10:00", day=TUESDAY).startswith("had")
    assert fleet_of(TUESDAY) == ["v1", "v2"]
    assert shuttle.refused(HOME, SHOP, "11:00", day=WEDNESDAY).startswith("had")
    assert fleet_of(WEDNESDAY) == ["v1"], "Aino has a ride by the rules of before"
    assert {each.date: each.rule_set.number for each in ServiceDay.objects.all()} == {TUESDAY: 2, WEDNESDAY: 1}
    with pytest.raises(RideRefused, match="changed"):
        shuttle.holds("Veikko", stale)


def test_who_has_taken_a_shift_keeps_it() -> None:
    shuttle = Shuttle()
    assert shuttle.refused(HOME, SHOP, "10:00", day=TUESDAY).startswith("had")
    (taken,) = shifts.list_shifts("valley", TUESDAY)
    release(shuttle, replace(RULES, vehicles=(replace(BUS, name="Bus, new"), replace(BUS, code="v2"))), TUESDAY)
    assert shuttle.refused(HOME, SHOP, "10:00", day=TUESDAY).startswith("had")
    kept, new = shifts.list_shifts("valley", TUESDAY)
    assert (kept.pk, kept.plan["name"], new.vehicle) == (taken.pk, "Bus, new", "v2")
    shifts.break_down(kept.pk, shuttle.now)
    release(shuttle, RULES, TUESDAY)
    shuttle.refused(HOME, SHOP, "10:00", day=TUESDAY)
    states = [each.state for each in shifts.list_shifts("valley", TUESDAY)]
    assert states == ["CALLED_OFF", "PLANNED"], "it does not come back"
