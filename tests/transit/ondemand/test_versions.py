"""Versions of rules: what holds when, and who may make it hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.feeds import NOW
from tests.transit.ondemand.valley import RULES, service
from transit.models import Region, RuleSet, Service
from transit.ondemand import versions
from transit.ondemand.rules import Fares
from transit.ondemand.versions import VersionError

pytestmark = [pytest.mark.db, pytest.mark.django_db]
TODAY = date(2026, 11, 23)


def officer(name: str) -> Any:
    return get_user_model().objects.create_user(f"{name}@example.com")


def released(row: Service, day: date, one: Any, other: Any, base_minor: int = 0) -> RuleSet:
    made = versions.draft(row, one, NOW)
    versions.save(made, replace(RULES, fares=Fares(base_minor=base_minor)), NOW)
    versions.submit(made, one, day, "", NOW)
    return versions.release(made, other, NOW)


def test_the_latest_begun_holds() -> None:
    row, one, other = service(), officer("one"), officer("other")
    assert versions.current("valley", TODAY) is None
    released(row, TODAY, one, other, 100)
    later = released(row, TODAY + timedelta(7), one, other, 200)
    for days, base in ((0, 100), (6, 100), (7, 200), (99, 200)):
        found = versions.current("valley", TODAY + timedelta(days))
        assert found is not None
        assert versions.rules_of(found).fares.base_minor == base
    assert versions.current("valley", TODAY - timedelta(1)) is None
    ((listed, rule_set),) = versions.list_services(TODAY)
    assert (listed.code, rule_set.number, listed.sales, listed.agency_id) == (
        "valley", 1, "ondemand", "ondemand:valley",
    )  # fmt: skip
    instead = released(row, TODAY + timedelta(7), one, other, 300)
    later.refresh_from_db()
    assert later.state == "RETIRED"
    assert [each.number for each in versions.coming("valley", TODAY)] == [instead.number]
    versions.withdraw(instead, one, NOW)
    assert versions.coming("valley", TODAY) == []


def refusal(how: Any, *arguments: Any) -> str:
    with pytest.raises(VersionError) as refused:
        how(*arguments)
    return refused.value.code


def test_two_pairs_of_eyes() -> None:
    row, one, other = service(), officer("one"), officer("other")
    made = versions.draft(row, one, NOW)
    assert refusal(versions.submit, made, one, TODAY, "", NOW) == "flawed"
    versions.save(made, RULES, NOW)
    assert refusal(versions.submit, made, one, TODAY - timedelta(1), "", NOW) == "past"
    assert refusal(versions.submit, made, one, None, "", NOW) == "no_day"
    assert refusal(versions.release, made, other, NOW) == "not_submitted"
    versions.submit(made, one, TODAY, "First", NOW)
    assert refusal(versions.save, made, RULES, NOW) == "not_draft"
    assert refusal(versions.release, made, one, NOW) == "own"
    versions.send_back(made, other, NOW, "The fare is missing")
    versions.submit(made, one, TODAY, "First", NOW)
    assert refusal(versions.release, made, other, NOW + timedelta(1)) == "past"
    versions.release(made, other, NOW)
    events = RuleSet.objects.get().events.all()
    assert [(each.new, each.by) for each in events] == [
        ("SUBMITTED", one), ("DRAFT", other), ("SUBMITTED", one), ("RELEASED", other),
    ]  # fmt: skip
    assert refusal(versions.withdraw, made, other, NOW) == "past"


def test_alone_where_a_region_waives_it() -> None:
    row, one = service(), officer("one")
    Region.objects.update(waives_four_eyes=True)
    made = released(row, TODAY, one, one)
    assert made.waived
    assert made.events.latest("pk").detail == {"waived": True}


def test_a_new_draft_is_like_the_newest_or_like_another_of_the_region() -> None:
    row, one, other = service(), officer("one"), officer("other")
    released(row, TODAY, one, other, 150)
    again = versions.draft(row, one, NOW)
    assert (again.number, versions.rules_of(again).fares.base_minor) == (2, 150)
    versions.discard(again, one, NOW)
    third = versions.draft(row, one, NOW)
    assert third.number == 3
    second = service("hill")
    copied = versions.draft(second, one, NOW, like=third)
    assert versions.rules_of(copied).zones == RULES.zones
    second.operator.region = Region.objects.create(
        code="hills", name="Hills", currency="EUR", timezone="Europe/Helsinki", country="FI"
    )
    assert refusal(versions.draft, second, one, NOW, third) == "other_region"


def test_two_who_change_different_parts() -> None:
    row, one = service(), officer("one")
    made = versions.save(versions.draft(row, one, NOW), RULES, NOW)
    versions.change(made, lambda rules: replace(rules, fares=Fares(base_minor=5)), NOW)
    versions.change(made, lambda rules: replace(rules, spans=()), NOW)
    made.refresh_from_db()
    assert versions.rules_of(made) == replace(RULES, fares=Fares(base_minor=5), spans=())
