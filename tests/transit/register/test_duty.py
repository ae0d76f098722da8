"""Lateness against a slow and obvious version, and the cases that people argue about."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import lateness
from transit.register.contents import KINDS, LEVELS, TIMED, Item, held, owed
from transit.register.duty import (
    Disclosed,
    Facts,
    Freed,
    Owed,
    Reach,
    Reckoned,
    Span,
    Standing,
    Through,
    find_loop,
    reckon,
)

DAY = date(2026, 11, 23)
PEOPLE = "ABCD"
SOME_KINDS = ("bus", "taxi")
DAYS = st.integers(-12, 12).map(lambda days: DAY + timedelta(days=days))
SPANS = st.builds(Span, st.none() | DAYS, st.none() | DAYS)
REACHES = st.builds(Reach, st.sampled_from(("", *SOME_KINDS)), st.sampled_from((None, 1, 3)))
WHO = st.sampled_from(PEOPLE)
DISCLOSED = st.builds(
    Disclosed,
    WHO,
    st.frozensets(st.sampled_from(Item))
    | st.sampled_from([owed(kind, level) for kind in SOME_KINDS for level in (1, 3)]),
    st.just("somewhere"),
    st.none() | st.frozensets(st.sampled_from("st")),
    SPANS,
)
FREED = st.builds(Freed, WHO, REACHES, SPANS)
THROUGH = st.builds(Through, WHO, WHO, REACHES, SPANS)
OWED = st.builds(Owed, WHO, st.sampled_from("st"), st.sampled_from(SOME_KINDS), st.sampled_from((1, 3)), DAYS)


def grouped(rows: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for each in rows:
        found[each.operator].append(each)
    return found


FACTS = st.builds(
    lambda disclosed, freed, through: Facts(grouped(disclosed), grouped(freed), grouped(through)),
    st.lists(DISCLOSED, max_size=6),
    st.lists(FREED, max_size=3),
    st.lists(THROUGH, max_size=5),
)


@settings(max_examples=600, deadline=None)
@given(OWED, FACTS, DAYS)
def test_as_day_by_day(duty: Owed, facts: Facts, today: date) -> None:
    found = reckon(duty, facts, today)
    assert found.standing == lateness.standing(duty, facts, today)
    assert set(found.missing) == lateness.missing(duty, facts, today)
    assert found.late_since == lateness.late_since(duty, facts, today)
    assert {each.item for each in found.sources} == owed(duty.kind, duty.level) - set(found.missing)
    assert {each.by for each in found.sources} <= lateness.disclosers(duty, facts, today)


@settings(max_examples=300, deadline=None)
@given(st.lists(THROUGH, max_size=7))
def test_what_is_accepted_one_by_one_never_loops(wished: list[Through]) -> None:
    kept: dict[str, list[Through]] = defaultdict(list)
    for each in wished:
        chain = find_loop(kept, each)
        assert bool(chain) == _loops(kept, each)
        if not chain:
            kept[each.operator].append(each)
        else:
            assert chain[0] == chain[-1] == each.operator


def _loops(kept: dict[str, list[Through]], new: Through) -> bool:
    """For each single duty: does one come back?"""
    for kind in SOME_KINDS:
        for level in LEVELS:
            if not new.reach.covers(kind, level):
                continue
            reached = {new.by}
            for _ in PEOPLE:
                reached |= {each.by for who in reached for each in kept.get(who, ()) if each.reach.covers(kind, level)}
            if new.operator in reached:
                return True
    return False


def bus(due_on: date = DAY, **facts: Any) -> Reckoned:
    duty = Owed("A", "s", "bus", 1, due_on)
    return reckon(duty, Facts(**{name: grouped(rows) for name, rows in facts.items()}), DAY)


def test_the_due_day_itself_is_not_late() -> None:
    assert (bus(DAY).standing, bus(DAY).late_since) == (Standing.DUE, None)
    assert (bus(DAY - timedelta(1)).standing, bus(DAY - timedelta(1)).late_since) == (Standing.LATE, DAY)


def test_a_part_is_not_enough() -> None:
    found = bus(disclosed=[Disclosed("A", frozenset({Item.STOPS}), "x")])
    assert (found.standing, found.missing) == (Standing.DUE, (Item.TIMETABLE, Item.ROUTES))


def test_late_again_since_the_interface_went() -> None:
    gone = Disclosed("A", TIMED, "x", days=Span(None, DAY - timedelta(3)))
    assert bus(DAY - timedelta(30), disclosed=[gone]).late_since == DAY - timedelta(2)


def test_an_exemption_that_ended_and_one_that_is_to_come() -> None:
    old, new = (Freed("A", Reach("bus"), span) for span in (Span(last=DAY - timedelta(1)), Span(DAY + timedelta(1))))
    found = bus(DAY - timedelta(30), freed=[old, new])
    assert (found.standing, found.late_since) == (Standing.LATE, DAY)
    assert bus(DAY - timedelta(30), freed=[Freed("A", Reach("taxi"), Span())]).standing == Standing.LATE
    assert bus(DAY - timedelta(30), freed=[Freed("A", Reach(), Span())]).standing == Standing.EXEMPT


def test_over_two_hands() -> None:
    hands = [Through("A", "B", Reach(), Span()), Through("B", "C", Reach("bus"), Span())]
    found = bus(DAY - timedelta(9), disclosed=[Disclosed("C", TIMED, "feed")], through=hands)
    assert found.standing == Standing.FULFILLED
    assert {(each.where, each.by) for each in found.sources} == {("feed", "C")}
    back = Through("C", "A", Reach("bus", 1), Span())
    assert find_loop(grouped(hands), back) == ("C", "A", "B", "C")
    assert find_loop(grouped(hands), Through("C", "A", Reach("taxi"), Span())) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_owes_something_at_every_level(kind: str) -> None:
    for level in LEVELS:
        assert owed(kind, level)


def test_what_interfaces_hold() -> None:
    assert held("GTFS", []) == TIMED
    assert held("GTFS", ["pricing"]) == frozenset()
    assert held("TOMP-2.0", ["on-behalf-errand"]) == {Item.ON_BEHALF}
    assert held("OSM", []) == frozenset()
