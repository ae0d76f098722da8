"""Figures about groups of people that say nothing of one of them (k-anonymity). No rows, no I/O."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from typing import Final, TypeVar

FEWEST: Final = 5
"""Of so few persons nothing is said apart from others."""
Group = TypeVar("Group", bound=Hashable)


def merge_small(people: Mapping[Group, Set[str]], fewest: int = FEWEST) -> tuple[list[Group], list[Group]]:
    """The groups that are told one by one, and those that are told together.

    Together there are at least `fewest` persons, too: else the next smallest group joins them, since what is left over
    could be read off the whole.
    """
    by_size = sorted(people, key=lambda group: (len(people[group]), repr(group)))
    together: list[Group] = []
    found: set[str] = set()
    for group in by_size:
        if len(people[group]) < fewest or (together and len(found) < fewest):
            together.append(group)
            found |= people[group]
    apart = [group for group in people if group not in together]
    return apart, together
