"""Stations that several feeds share: what was decided about them when a network was built, pair by pair."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

FILE = "stations.json"


class Reason(StrEnum):
    """Why two places of different feeds are one place to people, or are not."""

    SAME_NAME = "same name"
    SIMILAR_NAME = "similar name"
    JOINED_BY_HAND = "joined by hand"
    KEPT_APART_BY_HAND = "kept apart by hand"
    NAMES_DIFFER = "names differ"
    NUMBERS_DIFFER = "numbers in the names differ"
    TOO_FAR = "too far apart for names so different"
    ANOTHER_IS_NEARER = "another stop of that feed fits better"
    NOT_THERE = "no such stop in the network"


@dataclass(frozen=True, slots=True)
class Override:
    """What people decided about two stops (`feed:stop`), in whatever order."""

    first_id: str
    second_id: str
    join: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Two places of different feeds, each under its station or first stop; similarity 0 … 100, metres where nearest."""

    first_id: str
    first_name: str
    second_id: str
    second_name: str
    metres: int
    similarity: int
    joined: bool
    reason: Reason


def write_decisions(folder: Path, decisions: tuple[Decision, ...]) -> None:
    """Into a network's folder."""
    (folder / FILE).write_text(json.dumps([asdict(each) for each in decisions], ensure_ascii=False))


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """Out of a network's folder: those that join first, then by distance."""
    rows = json.loads((folder / FILE).read_text())
    return tuple(Decision(**row | {"reason": Reason(row["reason"])}) for row in rows)
