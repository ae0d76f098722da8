"""How it stood with duties on days that are over: noted once a day, and told to operators when they come to be late."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from transit.models import DutyRun, Operator
from transit.register import duties, letters, supervision
from transit.register.duties import Line
from transit.register.duty import Standing

_DAY: Final = timedelta(days=1)
TOLD_BEFORE_DAYS: Final = (30, 7)
"""So many days before the end of its time an operator is told what it still lacks."""
MOST_SHOWN: Final = 200


def note(now: datetime) -> None:
    """Note how it stands today. May run many times a day; the last time counts."""
    lines = duties.list_lines(now)
    operators = Operator.objects.select_related("region").in_bulk(
        {each.reckoned.owed.operator for each in lines}, field_name="code"
    )
    with transaction.atomic():
        newly_late = _note(lines, operators, now)
        for code, operator in operators.items():
            today = supervision.today(operator.region, now)
            if code in newly_late:
                letters.write("duty_late", f"late:{code}:{today}", now, operator=operator)
            for due_on, days in _nearing([each for each in lines if each.reckoned.owed.operator == code], today):
                key = f"near:{code}:{due_on}:{days}"
                letters.write("duty_near", key, now, operator=operator, due_on=due_on.isoformat())


def list_runs(operator_code: str) -> list[DutyRun]:
    """How it stood with an operator's duties, the newest first."""
    return list(DutyRun.objects.filter(operator_code=operator_code)[:MOST_SHOWN])


def _note(lines: list[Line], operators: dict[str, Operator], now: datetime) -> set[str]:
    """Lengthen or end the runs; the operators that are late with something since now."""
    current = {(run.service_code, run.level): run for run in DutyRun.objects.select_for_update().filter(current=True)}
    newly_late = set()
    for line in lines:
        owed, standing = line.reckoned.owed, line.reckoned.standing
        today = supervision.today(operators[owed.operator].region, now)
        run = current.pop(line.key, None)
        if run is not None and (run.standing, run.kind) == (standing, owed.kind):
            run.last_day = today
            run.save(update_fields=["last_day"])
            continue
        if run is not None:
            _end(run, today)
        _begin(line, today)
        newly_late |= {owed.operator} if standing == Standing.LATE else set()
    for run in current.values():  # nothing is owed there any more
        run.current = False
        run.save(update_fields=["current"])
    return newly_late


def _end(run: DutyRun, today: date) -> None:
    """Its last day was yesterday; one that began today was none."""
    if run.first_day == today:
        run.delete()
        return
    run.last_day, run.current = min(run.last_day, today - _DAY), False
    run.save(update_fields=["last_day", "current"])


def _begin(line: Line, today: date) -> None:
    owed = line.reckoned.owed
    DutyRun.objects.create(
        operator_code=owed.operator,
        service_code=owed.service,
        service_name=line.service_name,
        kind=owed.kind,
        level=owed.level,
        standing=line.reckoned.standing,
        first_day=today,
        last_day=today,
    )


def _nearing(lines: list[Line], today: date) -> set[tuple[date, int]]:
    """The days at which something falls due that is missing, each with how long before it is told."""
    due: dict[date, set[int]] = defaultdict(set)
    for line in lines:
        if line.reckoned.standing == Standing.DUE:
            left = (line.reckoned.owed.due_on - today).days
            due[line.reckoned.owed.due_on] |= {days for days in TOLD_BEFORE_DAYS if left <= days}
    return {(due_on, min(days)) for due_on, days in due.items() if days}
