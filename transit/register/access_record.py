"""What everybody may know of requests for access: no provider, no person, no text that one has written to the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from transit.models import AccessRequest
from transit.register import supervision
from transit.register.access import OPEN


@dataclass(frozen=True, slots=True)
class Record:
    """One request. Days are those of the region; `late` is whether the operator was, or is, silent too long."""

    number: int
    operator: str
    operator_name: str
    level: int
    format: str
    stage: str
    asked_on: date
    answered_on: date | None
    decided_on: date | None
    reason: str
    late: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """The requests to one operator. `reasons` of refusals, by their codes; days are from asking to the decision."""

    operator: str
    operator_name: str
    asked: int
    waiting: int
    late: int
    granted: int
    refused: int
    withdrawn: int
    median_days: float | None
    reasons: dict[str, int]


def list_records(now: datetime, *, operator: str = "") -> list[Record]:
    """Every request, the newest first; of one operator."""
    rows = AccessRequest.objects.select_related("operator__region", "interface")
    rows = rows.filter(operator__code=operator) if operator else rows
    return [_record(row, now) for row in rows]


def list_statistics(now: datetime, *, operator: str = "") -> list[Statistics]:
    """The operators that were asked, by name; or one of them."""
    by_operator: dict[tuple[str, str], list[Record]] = {}
    for each in list_records(now, operator=operator):
        by_operator.setdefault((each.operator_name, each.operator), []).append(each)
    return [_statistics(records) for _, records in sorted(by_operator.items())]


def _record(row: AccessRequest, now: datetime) -> Record:
    region = row.operator.region
    asked, answered, decided = (
        supervision.today(region, moment) if moment else None
        for moment in (row.asked_at, row.answered_at, row.decided_at)
    )
    assert asked is not None
    today = supervision.today(region, now)
    closed = today if row.state in OPEN else decided or asked
    late = (answered or (today if row.state == "ASKED" else asked)) > row.answer_by or closed > row.decide_by
    late = late or row.escalated_at is not None
    return Record(
        number=row.pk,
        operator=row.operator.code,
        operator_name=row.operator.legal_name,
        level=row.level,
        format=row.interface.format if row.interface else "",
        stage=row.state,
        asked_on=asked,
        answered_on=answered,
        decided_on=decided,
        reason=row.reason,
        late=late,
    )


def _statistics(records: list[Record]) -> Statistics:
    first = records[0]
    taken = [(each.decided_on - each.asked_on).days for each in records if each.decided_on]
    # What was granted stays so when its use begins or ends.
    granted = [each for each in records if each.stage in ("GRANTED", "IN_USE", "ENDED")]
    refused = [each for each in records if each.stage == "REFUSED"]
    return Statistics(
        operator=first.operator,
        operator_name=first.operator_name,
        asked=len(records),
        waiting=sum(each.stage in OPEN for each in records),
        late=sum(each.late for each in records),
        granted=len(granted),
        refused=len(refused),
        withdrawn=sum(each.stage == "WITHDRAWN" for each in records),
        median_days=median(taken) if taken else None,
        reasons=dict(Counter(each.reason for each in refused)),
    )
