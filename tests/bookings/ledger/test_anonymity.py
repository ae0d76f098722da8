"""Groups of few persons are told together with others, and never can be told from what is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bookings.ledger.anonymity import FEWEST, merge_small

PEOPLE = st.dictionaries(
    st.sampled_from("abcdef"), st.sets(st.integers(0, 30).map(str), min_size=1, max_size=12), max_size=6
)


@given(PEOPLE)
def test_nobody_can_be_told_apart(people: dict[str, set[str]]) -> None:
    apart, together = merge_small(people)
    assert sorted([*apart, *together]) == sorted(people)
    assert all(len(people[group]) >= FEWEST for group in apart)
    rest = set[str]().union(*(people[group] for group in together))
    assert not rest or len(rest) >= FEWEST or not apart, "what is left over could be read off the whole"


@given(PEOPLE)
def test_no_more_is_hidden_than_must_be(people: dict[str, set[str]]) -> None:
    _apart, together = merge_small(people)
    small = [group for group in people if len(people[group]) < FEWEST]
    if not small:
        assert not together
    largest = max(together, key=lambda group: len(people[group]), default=None)
    if largest is not None and largest not in small:
        rest = set[str]().union(*(people[group] for group in together if group != largest))
        assert len(rest) < FEWEST, "without it the others would have been too few"
