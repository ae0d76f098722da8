"""Few changes: what is left out, and that something always stays."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from transit.routing.journey import Journey, StreetLeg, TransitLeg
from transit.routing.preferences import CHANGE_S, with_fewest_changes
from transit.routing.query import Mode


def ridden(start_s: int, end_s: int, vehicles: int) -> Journey:
    at = [start_s + (end_s - start_s) * i // vehicles for i in range(vehicles + 1)]
    return Journey(tuple(TransitLeg(a, b, 0, 1, 0, 0, 0, 1) for a, b in pairwise(at)))


def shown(*journeys: Journey) -> list[tuple[int, int, int]]:
    return [each.facts[:3] for each in with_fewest_changes(journeys)]


def test_the_second_change_must_save_as_much_again() -> None:
    direct, one, two = ridden(0, 2 * CHANGE_S, 1), ridden(0, CHANGE_S, 2), ridden(0, CHANGE_S - 1, 3)
    assert shown(direct, one, two) == [(0, 2 * CHANGE_S, 1)]
    assert shown(one, two) == [(0, CHANGE_S, 2)]
    assert len(shown(direct, ridden(0, CHANGE_S - 1, 2))) == 2
    assert shown(direct, ridden(CHANGE_S + 1, 2 * CHANGE_S, 2)) != shown(direct)


def test_walking_all_the_way_replaces_no_ride() -> None:
    walk = Journey((StreetLeg(Mode.WALK, 0, 600, None, None),))
    assert len(shown(walk, ridden(0, 300, 1))) == 2


def test_something_with_the_fewest_always_stays() -> None:
    chooser = Random(1)
    for _ in range(200):
        starts = [chooser.randint(0, 7200) for _ in range(chooser.randint(1, 8))]
        given = [ridden(at, at + chooser.randint(60, 7200), chooser.randint(1, 4)) for at in starts]
        left = shown(*given)
        fewest = min(each.vehicles for each in given)
        assert [each for each in left if each[2] == fewest] == [
            each.facts[:3] for each in given if each.vehicles == fewest
        ]
