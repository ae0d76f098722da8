"""Numbers without gaps: a number is taken under a lock and lost with the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F

from bookings.models import Series


def next_in(name: str) -> int:
    """The next number of a series, from 1; others wait for it until the caller's transaction is committed."""
    return next_of_each([name])[name]


def next_of_each(names: Collection[str]) -> dict[str, int]:
    """The next number of each series. Always taken in the same order: two transactions never wait for each other."""
    rows = Series.objects.select_for_update().filter(name__in=names).order_by("name")
    if missing := set(names) - {row.name for row in rows}:
        for name in sorted(missing):
            Series.objects.get_or_create(name=name)
        rows = rows.all()
    taken = {row.name: row.last + 1 for row in rows}
    Series.objects.filter(name__in=names).update(last=F("last") + 1)
    return taken


def next_number(name: str) -> str:
    """The same as it is written, such as `R-2026-000001`."""
    return f"{name}-{next_in(name):06d}"
