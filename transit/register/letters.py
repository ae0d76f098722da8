"""Letters that wait to be sent: written once by their key, claimed by one worker, sent or given up.

What they say is written when they leave, by whoever knows it; who is behind an addressee, and the sending itself, are
matters of a higher layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from transit.models import AccessRequest, Complaint, Interface, Letter, Operator, Region

MOST_AT_ONCE: Final = 50
LEASE: Final = timedelta(seconds=120)
"""Longer than a mail server takes for one message."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
GIVE_UP_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Addressees:
    """Who is told: a mailbox (`who` it is, without the address), regions by their codes, a payer, a person's account.

    The code of no region, an empty one, is the platform's staff.
    """

    who: str = ""
    address: str = ""
    regions: tuple[str, ...] = ()
    payer: str = ""
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A letter as it leaves. `link` leads to the page that says more."""

    to: Addressees
    subject: str
    text: str
    link: str


def write(
    kind: str,
    key: str,
    now: datetime,
    *,
    operator: Operator | None = None,
    interface: Interface | None = None,
    request: AccessRequest | None = None,
    complaint: Complaint | None = None,
    **about: Any,
) -> bool:
    """Note, in the caller's transaction, what has to be told; whether it is new, as it is told once for a key.

    `about` holds no personal datum.
    """
    about_whom = {"operator": operator, "interface": interface, "request": request, "complaint": complaint}
    values = {**about_whom, "kind": kind, "about": about, "created_at": now, "not_before": now}
    return Letter.objects.get_or_create(key=key, defaults=values)[1]


def language_of(*regions: Region | None) -> str:
    """The first language of the regions that pages have."""
    return first_of(tag for region in regions if region is not None for tag in region.languages)


def first_of(languages: Iterable[str]) -> str:
    """The first of some languages that pages have."""
    return next((each for each in languages if each in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def post(to: Addressees, template: str, context: Mapping[str, Any], page: str, *arguments: Any) -> Post:
    """A letter in the present language: the template's first line is its subject; `page` says more, by its name."""
    link = settings.PUBLIC_URL + reverse(page, args=arguments)
    text = render_to_string(f"emails/letters/{template}.txt", {**context, "address": link})
    subject, _, body = text.strip().partition("\n")
    return Post(to, " ".join(subject.split()), body.strip() + "\n", link)


def list_due(now: datetime) -> list[int]:
    """The ids of what has to leave now, the oldest first."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def claim(pk: int, now: datetime) -> Letter | None:
    """The letter, for as long as a lease lasts; nothing where another worker has it."""
    rows = Letter.objects.select_related("operator__region", "interface__operator__region", "request__operator")
    row = rows.select_related("complaint").filter(pk=pk).first()
    if row is None:
        return None
    taken = _due(now).filter(pk=pk, fence=row.fence)
    if not taken.update(fence=F("fence") + 1, attempts=F("attempts") + 1, not_before=now + LEASE):
        return None
    row.fence += 1
    row.attempts += 1
    return row


def note_told(row: Letter, *who: str) -> bool:
    """Somebody was told, or could not be; kept at once, so that nobody is told twice. Whether the claim still holds.

    It holds a lease longer then: the next message takes its own time.
    """
    row.told = [*row.told, *who]
    held = Letter.objects.filter(pk=row.pk, fence=row.fence, sent_at=None)
    return bool(held.update(told=row.told, not_before=F("not_before") + LEASE))


def finish(row: Letter, outcome: str, now: datetime) -> None:
    """Note how a letter ended, unless the claim was lost meanwhile."""
    Letter.objects.filter(pk=row.pk, fence=row.fence, sent_at=None).update(sent_at=now, outcome=outcome)


def put_off(row: Letter, now: datetime) -> None:
    """Again later, each time after twice as long, and in the end never."""
    if now - row.created_at >= GIVE_UP_AFTER:
        finish(row, "failed", now)
        return
    pause = _FIRST_PAUSE * 2 ** min(row.attempts - 1, 8)
    Letter.objects.filter(pk=row.pk, fence=row.fence, sent_at=None).update(not_before=now + pause)


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(sent_at=None, not_before__lte=now)
