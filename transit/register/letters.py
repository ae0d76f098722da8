"""Letters that wait to be sent: written once by their key, claimed by one worker, sent or given up.

Who sends them is a matter of a higher layer; what they say is written when they leave, in `letter_words`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, QuerySet

from transit.models import AccessRequest, Complaint, Letter, Operator

MOST_AT_ONCE: Final = 50
LEASE: Final = timedelta(seconds=120)
"""Longer than a mail server takes for one message."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
GIVE_UP_AFTER: Final = timedelta(days=3)


def write(
    kind: str,
    key: str,
    operator: Operator,
    now: datetime,
    *,
    request: AccessRequest | None = None,
    complaint: Complaint | None = None,
    **about: Any,
) -> None:
    """Note, in the caller's transaction, what has to be told; once for a key. `about` holds no personal datum."""
    values = {"kind": kind, "operator": operator, "request": request, "complaint": complaint, "about": about}
    Letter.objects.get_or_create(key=key, defaults=values | {"created_at": now, "not_before": now})


def list_due(now: datetime) -> list[int]:
    """The ids of what has to leave now, the oldest first."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def claim(pk: int, now: datetime) -> Letter | None:
    """The letter, for as long as a lease lasts; nothing where another worker has it."""
    row = Letter.objects.select_related("operator__region", "request__operator", "complaint").filter(pk=pk).first()
    if row is None:
        return None
    taken = _due(now).filter(pk=pk, fence=row.fence)
    if not taken.update(fence=F("fence") + 1, attempts=F("attempts") + 1, not_before=now + LEASE):
        return None
    row.fence += 1
    row.attempts += 1
    return row


def finish(row: Letter, outcome: str, now: datetime) -> None:
    """Note how a letter ended, unless the claim was lost meanwhile."""
    Letter.objects.filter(pk=row.pk, fence=row.fence, sent_at=None).update(sent_at=now, outcome=outcome)


def put_off(row: Letter, now: datetime, *, permanent: bool) -> None:
    """Again later, each time after twice as long, or never."""
    if permanent or now - row.created_at >= GIVE_UP_AFTER:
        finish(row, "failed", now)
        return
    pause = _FIRST_PAUSE * 2 ** min(row.attempts - 1, 8)
    Letter.objects.filter(pk=row.pk, fence=row.fence, sent_at=None).update(not_before=now + pause)


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(sent_at=None, not_before__lte=now)
