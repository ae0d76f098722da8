"""The feed of changes of the register: what differs between what is public now and what was noted last.

Whoever changes the register – in the admin, by a command, by a form – has it noted; a sweep finds what nobody had
noted, and what becomes public by its date. So no change is missed, and none is noted that nobody can see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Max, QuerySet

from transit.models import Operator, RegisterChange
from transit.register.catalogue import day_of, every_interface, every_operator, every_service

Change, Subject = RegisterChange.Change, RegisterChange.Subject
_DERIVED = {"operator_name", "interfaces", "associated_operators"}
"""Said by another entry: it is that one which changes. The services of an interface are its own word."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is public of something: a digest for each field."""

    name: str
    operator_code: str
    digests: dict[str, str]


def note_changes(now: datetime, operator_codes: Collection[str] | None = None) -> int:
    """Note what differs, of some operators or of all; how many changes. May run twice: the second finds none.

    Of all, it is first looked up without a lock whose entries differ: nobody waits while the register is read.
    """
    if operator_codes is None:
        operator_codes = sorted({row.operator_code for row in _differences(now, None)})
    return sum(_note(now, code) for code in operator_codes)


def _note(now: datetime, operator_code: str) -> int:
    """Of one operator. Two who note the same do it one after the other, so that nothing is noted twice."""
    with transaction.atomic():
        list(Operator.objects.select_for_update().filter(code=operator_code).values_list("pk"))
        rows = _differences(now, [operator_code])
        RegisterChange.objects.bulk_create(rows)
    return len(rows)


def _differences(now: datetime, operator_codes: Collection[str] | None) -> list[RegisterChange]:
    public = dict(_entries(day_of(now), None if operator_codes is None else list(operator_codes)))
    last = _last(None if operator_codes is None else {code for _, code in public}, operator_codes)
    noted = {(row.subject, row.code): row for row in last if row.change != Change.REMOVED}
    noted = {key: row for key, row in noted.items() if key in public or _is_of(row, operator_codes)}
    return [row for key in public | noted if (row := _difference(key, public.get(key), noted.get(key), now))]


def list_changes(before: int | None, limit: int, operator_code: str = "") -> list[RegisterChange]:
    """The newest changes, or those before one (by `pk`)."""
    rows = RegisterChange.objects.defer("digests")
    rows = rows.filter(operator_code=operator_code) if operator_code else rows
    rows = rows.filter(pk__lt=before) if before is not None else rows
    return list(rows[:limit])


def _last(codes: set[str] | None, operator_codes: Collection[str] | None) -> QuerySet[RegisterChange]:
    """The last change of everything, or of some codes and of what was of some operators."""
    rows = RegisterChange.objects.order_by()
    if codes is not None and operator_codes is not None:
        codes = codes | set(rows.filter(operator_code__in=operator_codes).values_list("code", flat=True))
        rows = rows.filter(subject__in=Subject.values, code__in=codes)
    newest = rows.values("subject", "code").annotate(newest=Max("pk")).values("newest")
    return RegisterChange.objects.filter(pk__in=newest)


def _is_of(row: RegisterChange, operator_codes: Collection[str] | None) -> bool:
    return operator_codes is None or row.operator_code in operator_codes


def _entries(today: date, codes: list[str] | None) -> Iterator[tuple[tuple[str, str], _Entry]]:
    for operator in every_operator(today, codes):
        yield (Subject.OPERATOR.value, operator.code), _Entry(operator.legal_name, operator.code, _digests(operator))
    for service in every_service(today, codes, geometry=True):
        yield (Subject.SERVICE.value, service.code), _Entry(service.name, service.operator_code, _digests(service))
    for each in every_interface(today, codes):
        yield (Subject.INTERFACE.value, each.name), _Entry(each.name, each.operator_code, _digests(each))


def _digests(entry: Any) -> dict[str, str]:
    """Short digests of the fields that say something. A field that is new and empty is so no change."""
    return {
        name: hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()
        for name, value in asdict(entry).items()
        if name not in _DERIVED and value not in (None, "", (), {})
    }


def _difference(
    key: tuple[str, str], public: _Entry | None, noted: RegisterChange | None, now: datetime
) -> RegisterChange | None:
    """The change between what was noted and what is public; None where there is none."""
    last: dict[str, str] = noted.digests if noted else {}
    digests = public.digests if public else {}
    fields = sorted(name for name in last | digests if last.get(name) != digests.get(name))
    if not fields:
        return None
    change = Change.ADDED if noted is None else Change.CHANGED if public else Change.REMOVED
    return RegisterChange(
        at=now,
        subject=key[0],
        code=key[1],
        name=public.name if public else noted.name if noted else "",
        operator_code=public.operator_code if public else noted.operator_code if noted else "",
        change=change,
        fields=fields if change == Change.CHANGED else [],
        digests=digests,
    )
