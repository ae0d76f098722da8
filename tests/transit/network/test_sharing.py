"""Which places of different feeds are one."""

from __future__ import annotations

import numpy as np
import pytest

from transit.network.sharing import Named, Shared, plain, shared_of
from transit.network.stations import Override

Stop = tuple[str, str, float, float]
"""Id with its feed, name, metres east and north."""


def shared(*stops: Stop, overrides: tuple[Override, ...] = (), names: dict[str, set[str]] | None = None) -> Shared:
    """Each stop is a unit of its own, but namesakes of one feed are one."""
    feeds = {feed: i for i, feed in enumerate(dict.fromkeys(key.split(":")[0] for key, *_ in stops))}
    units = {unit: i for i, unit in enumerate(dict.fromkeys((key.split(":")[0], name) for key, name, *_ in stops))}
    named = Named(
        np.array([feeds[key.split(":")[0]] for key, *_ in stops]),
        [key for key, *_ in stops],
        [name for _, name, *_ in stops],
        [{name} | (names or {}).get(key, set()) for key, name, *_ in stops],
        np.zeros(len(stops), bool),
        np.array([[x, y] for *_, x, y in stops]),
    )
    group = np.array([units[key.split(":")[0], name] for key, name, *_ in stops])
    return shared_of(named, group, overrides)


def verdicts(found: Shared) -> list[str]:
    return [f"{each.first_id}-{each.second_id} {each.joined} {each.reason}" for each in found.decisions]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Central Station", "central", True),
        ("Pasilan asema", "PASILAN ASEMA", True),
        ("甲府駅", "甲府", True),
        ("甲府駅前", "甲府駅", True),
        ("ハタマチ", "はたまち", True),
        ("Station", "Asema", False),
        ("本町一丁目", "本町二丁目", False),
    ],
)
def test_names_as_they_are_compared(one: str, other: str, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


def test_the_farther_the_more_alike() -> None:
    assert verdicts(shared(("a:1", "Market", 0, 0), ("b:1", "Market", 290, 0))) == ["a:1-b:1 True same name"]
    assert verdicts(shared(("a:1", "Market", 0, 0), ("b:1", "Market", 310, 0))) == []
    assert verdicts(shared(("a:1", "Market Square", 0, 0), ("b:1", "Market Squ.", 140, 0)))[0].endswith("similar name")
    assert verdicts(shared(("a:1", "Market Square", 0, 0), ("b:1", "Market Squ.", 160, 0)))[0].endswith("so different")
    assert verdicts(shared(("a:1", "Market", 0, 0), ("b:1", "Hospital", 100, 0))) == []


def test_japanese_chome_are_told_apart() -> None:
    found = shared(("a:1", "本町一丁目", 0, 0), ("b:1", "本町二丁目", 20, 0))
    assert verdicts(found) == ["a:1-b:1 False numbers in the names differ"]


def test_what_stands_in_brackets_may_be_left_out() -> None:
    found = shared(("a:1", "甲府駅バスターミナル(1番)", 0, 0), ("b:1", "甲府駅バスターミナル（5番）", 40, 0))
    assert verdicts(found) == ["a:1-b:1 True same name"]
    found = shared(("a:1", "木原", 0, 0), ("b:1", "木原（中央市コミュニティバス）", 4, 0))
    assert verdicts(found) == ["a:1-b:1 True same name"]


def test_any_name_of_a_stop_counts() -> None:
    stops = (("a:1", "甲府駅", 0.0, 0.0), ("b:1", "Kofu", 100.0, 0.0))
    assert verdicts(shared(*stops)) == []
    assert verdicts(shared(*stops, names={"a:1": {"Kofu"}})) == ["a:1-b:1 True same name"]


def test_two_of_one_feed_are_never_joined() -> None:
    found = shared(("a:1", "Market", 0, 0), ("a:2", "Market.", 40, 0), ("b:1", "Market", 30, 0))
    assert verdicts(found) == [
        "a:2-b:1 True same name",
        "a:1-b:1 False another stop of that feed fits better",
    ]
    assert len(set(found.group.tolist())) == 2


def test_nor_through_a_third_feed() -> None:
    at = {"a:1": 0, "a:2": 60, "b:1": 10, "c:1": 50}
    found = shared(*((key, "Market." if key == "a:2" else "Market", x, 0) for key, x in at.items()))
    places: dict[int, set[str]] = {}
    for place, key in zip(found.group.tolist(), at, strict=True):
        places.setdefault(place, set()).add(key.split(":")[0])
    sizes = sorted(len(each) for each in places.values())
    assert sum(sizes) == 4, "no feed twice in one place"


def test_all_stops_of_joined_places_are_paired() -> None:
    found = shared(("a:1", "Market", 0, 0), ("a:2", "Market", 20, 0), ("b:1", "Market", 10, 0))
    assert set(zip(found.tail.tolist(), found.head.tolist(), strict=True)) == {(0, 2), (2, 0), (1, 2), (2, 1)}


def test_people_stand_above() -> None:
    stops = (("a:1", "Market", 0.0, 0.0), ("b:1", "Market", 10.0, 0.0), ("c:1", "Hospital", 900.0, 0.0))
    decided = (Override("a:1", "b:1", join=False), Override("b:1", "c:1", join=True), Override("a:1", "x:9", join=True))
    found = shared(*stops, overrides=decided)
    assert verdicts(found) == [
        "b:1-c:1 True joined by hand",
        "a:1-x:9 False no such stop in the network",
        "a:1-b:1 False kept apart by hand",
    ]
    assert found.group[1] == found.group[2] != found.group[0]


def test_kept_apart_even_through_a_third() -> None:
    stops = (("a:1", "Market", 0.0, 0.0), ("b:1", "Market", 10.0, 0.0), ("c:1", "Market", 5.0, 0.0))
    found = shared(*stops, overrides=(Override("a:1", "b:1", join=False),))
    assert found.group[0] != found.group[1]
