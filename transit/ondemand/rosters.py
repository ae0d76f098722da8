"""The days that this process has planned lately, each as it was at its last revision."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from transit.models import ServiceDay
from transit.ondemand import versions
from transit.ondemand.roster import TICK_S, Roster
from transit.ondemand.streets import roads_of

KEPT: Final = 24
_kept: dict[int, Roster] = {}
_lock: Final = threading.Lock()


@contextmanager
def planned(day_id: int, now: datetime) -> Iterator[Roster]:
    """The plan of a day as it is in the database now, for one thread."""
    roster = _of(day_id)
    with roster.lock:
        # Rows that change after this line are read too early at worst: then the next revision is read again.
        revision = ServiceDay.objects.values_list("revision", flat=True).get(pk=day_id)
        clock_s = math.ceil(now.timestamp() / TICK_S) * TICK_S
        if roster.revision != revision:
            roster.load(revision)
        if roster.dirty or roster.clock_s != clock_s or roster.places.is_full():
            roster.look()
            roster.lay(clock_s)
        try:
            yield roster
        finally:
            roster.places.drop()


def _of(day_id: int) -> Roster:
    mark, rule_set_id = ServiceDay.objects.values_list("mark", "rule_set_id").get(pk=day_id)
    with _lock:
        known = _kept.pop(day_id, None)
        if known is None or not _is_right(known, mark, rule_set_id):
            day = ServiceDay.objects.select_related("rule_set").get(pk=day_id)
            known = Roster(day, versions.rules_of(day.rule_set), roads_of(day.rule_set))
        _kept[day_id] = known
        if len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
        return known


def _is_right(known: Roster, mark: UUID, rule_set_id: int) -> bool:
    """Whether a roster is of the day as it is, by the rules and on the streets that hold."""
    same = known.mark == mark and known.rule_set_id == rule_set_id
    return same and known.places.roads is roads_of(known.rule_set)
