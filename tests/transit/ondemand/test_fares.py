"""Fares of rides on demand against a slow calculation, and what must hold of every one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import ride_fares
from transit.ondemand.fares import Fare, Rider, Way, fares_of
from transit.ondemand.rules import Fares, GroupFare

MINOR = st.integers(0, 2000)
MAYBE = st.none() | st.integers(0, 3000)
NAMES = st.sampled_from(["adult", "child", "senior", "needs", "school"])
TARIFFS = st.builds(
    Fares,
    base_minor=MINOR,
    per_km_minor=st.integers(0, 200),
    per_zone_minor=MINOR,
    per_minute_minor=st.integers(0, 100),
    groups=st.lists(
        st.builds(GroupFare, group=NAMES, share_basis_points=st.integers(0, 10_000)),
        max_size=4,
        unique_by=lambda each: each.group,
    ).map(tuple),
    companion_free=st.booleans(),
    luggage_minor=MINOR,
    cap_minor=MAYBE,
    day_cap_minor=MAYBE,
    transfer_minor=MINOR,
)
WAYS = st.builds(Way, st.integers(0, 40_000), st.integers(0, 4000), st.integers(0, 4))
RIDERS = st.lists(
    st.builds(Rider, NAMES, st.sampled_from(["", "needs", "school"]), st.booleans(), st.integers(0, 4000)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=500, deadline=None)
@given(TARIFFS, WAYS, RIDERS, st.integers(0, 3), st.booleans(), st.integers(-5000, 5000))
def test_as_one_would_reckon(
    fares: Fares, way: Way, riders: list[Rider], luggage: int, changes: bool, moved: int
) -> None:
    found = fares_of(fares, way, riders, luggage=luggage, changes=changes, moved=moved)
    pieces = [luggage, *(0 for _ in riders[1:])]
    told = [
        ride_fares.due_minor(fares, way, each, pieces=count, changes=changes, moved=moved)
        for each, count in zip(riders, pieces, strict=True)
    ]
    assert [each.due_minor for each in found] == told
    for each in found:
        assert 0 <= each.due_minor <= each.reduced_minor - each.changing_minor + each.luggage_minor
        assert 0 <= each.reduced_minor <= each.full_minor


def test_a_child_with_a_suitcase_on_the_way_to_the_train() -> None:
    fares = Fares(200, 30, 100, 0, (GroupFare("child", 5000),), luggage_minor=50, cap_minor=900, transfer_minor=80)
    # 2.00 + 5 × 0.30 + 1.00 = 4.50; half of it 2.25; 0.80 off, 0.50 on
    (fare,) = fares_of(fares, Way(4001, 600, 1), [Rider("child")], luggage=1, changes=True)
    assert fare == Fare(450, 225, 80, 50, 195)


def test_whoever_helps_rides_free() -> None:
    fares = Fares(300, groups=(GroupFare("needs", 2500),))
    helped, helper, friend = fares_of(
        fares, Way(1, 1), [Rider(group="needs"), Rider(accompanies=True), Rider(category="adult")]
    )
    assert [each.due_minor for each in (helped, helper, friend)] == [75, 0, 300]
