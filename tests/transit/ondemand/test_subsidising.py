"""What subsidies give: as the slow count does, never more than the fare, never more than there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import shares
from transit.ondemand.rules import AtCap, Subsidy
from transit.ondemand.subsidising import Room, after, grant, holds

RIDERS = st.sampled_from(["", "senior", "pupil"])
PURPOSES = st.sampled_from(["", "health"])
SUBSIDIES = st.lists(
    st.builds(
        Subsidy,
        code=st.sampled_from(["a", "b", "c", "d"]),
        payer=st.sampled_from(["region:coast", "employer:works"]),
        group=RIDERS,
        purpose=PURPOSES,
        share_basis_points=st.integers(0, 10_000),
        fixed_minor=st.sampled_from([0, 0, 100, 5000]),
        yearly_minor=st.none() | st.integers(0, 2000),
        at_cap=st.sampled_from(AtCap),
        reduced_basis_points=st.integers(0, 5000),
    ),
    max_size=4,
    unique_by=lambda each: each.code,
)


@given(SUBSIDIES, RIDERS, PURPOSES, st.lists(st.integers(0, 1500), min_size=1, max_size=4))
def test_as_the_slow_count(subsidies: list[Subsidy], group: str, purpose: str, fares: list[int]) -> None:
    ends = {each.code: each.yearly_minor for each in subsidies if each.yearly_minor is not None}
    expected = shares.give(subsidies, {group}, purpose, fares, ends)
    rooms = {each.code: Room(each.yearly_minor) for each in subsidies}
    found = []
    for fare in fares:
        grants = grant(subsidies, (group,), purpose, fare, rooms)
        assert sum(each.minor for each in grants) <= fare
        rooms = after(rooms, grants)
        found.append(grants)
    kinds = [
        [(each.subsidy, each.minor, "reduce" if each.reduced else "queue" if each.waits else "budget") for each in row]
        for row in found
    ]
    assert kinds == expected
    for code, end in ends.items():
        spent = sum(minor for row in kinds for name, minor, kind in row if name == code and kind == "budget")
        assert spent <= end


def test_a_month_is_over() -> None:
    subsidy = Subsidy("a", "region:coast", "senior", share_basis_points=5000, monthly_rides=2)
    rooms = {"a": Room(rides_left=2)}
    given = []
    for _ in range(3):
        grants = grant([subsidy], ("senior",), "", 401, rooms)
        rooms = after(rooms, grants)
        given.append([each.minor for each in grants])
    assert given == [[201], [201], []]


def test_for_whom_and_for_what() -> None:
    everybody, seniors = Subsidy("a", "x"), Subsidy("b", "x", group="senior", purpose="health")
    assert holds(everybody, (), "")
    assert holds(seniors, ("pupil", "senior"), "health")
    assert not holds(seniors, ("senior",), "shopping")
    assert not holds(seniors, (), "health")
