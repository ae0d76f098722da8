"""Numbers without gaps: a number is taken under a lock and lost with the caller's transaction."""

from __future__ import annotations

from bookings.models import Series


def next_in(name: str) -> int:
    """The next number of a series, from 1; others wait for it until the caller's transaction is committed."""
    Series.objects.get_or_create(name=name)
    row = Series.objects.select_for_update().get(name=name)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def next_number(name: str) -> str:
    """The same as it is written, such as `R-2026-000001`."""
    return f"{name}-{next_in(name):06d}"
