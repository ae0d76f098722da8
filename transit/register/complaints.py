"""Complaints about an operator's disclosure: anybody writes, the mailbox confirms, an officer decides with a reason.

What the complainant wrote is sealed and for officers alone. Everybody sees how many there are and how they ended.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from transit.models import COMPLAINT, Complaint, Operator
from transit.register import letters
from transit.register.supervision import OVERSEE
from transit.sealing import seal, unseal

PATIENCE: Final = timedelta(days=7)
"""So long a mailbox may take to confirm; then what was written is forgotten."""
KEPT: Final = timedelta(days=365)
"""After the end, so long is known who wrote what."""
MOST_A_DAY: Final = 3
"""Letters that one mailbox is sent at the wish of whoever knows its address."""
SHORTEST_REASON: Final = 5
LONGEST_TEXT: Final = 4000
_MOVES: Final = {"RECEIVED": ("UNDER_REVIEW",), "UNDER_REVIEW": ("UPHELD", "REJECTED")}


class ComplaintError(Exception):
    """`code`: too_many, decided_already, no_reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody complains about, to whom an answer goes, and in which language."""

    operator: str
    about: str
    text: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Said:
    """What was written, for officers."""

    name: str
    email: str
    text: str
    token: str


@dataclass(frozen=True, slots=True)
class Count:
    """Complaints about an operator that were confirmed, and how they ended."""

    operator: str
    operator_name: str
    received: int
    waiting: int
    upheld: int
    rejected: int
    withdrawn: int


def write(written: Written, now: datetime) -> None:
    """Keep a complaint until its mailbox confirms it. Raises ComplaintError, Operator.DoesNotExist."""
    operator = Operator.objects.get(code=written.operator)
    mailbox = salted_hmac("complaint", written.email.strip().lower(), algorithm="sha256").hexdigest()
    if Complaint.objects.filter(mailbox_hash=mailbox, written_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ComplaintError("too_many")
    token = secrets.token_urlsafe(32)
    sealed = {"name": written.name, "email": written.email.strip(), "text": written.text, "token": token}
    with transaction.atomic():
        row = Complaint.objects.create(
            operator=operator,
            about=written.about,
            language=written.language,
            said_sealed=seal(json.dumps(sealed, ensure_ascii=False)),
            token_sha256=digest(token),
            mailbox_hash=mailbox,
            written_at=now,
        )
        letters.write("complaint_confirm", f"complaint:{row.pk}:confirm", now, operator=operator, complaint=row)


def digest(token: str) -> str:
    """A token has 256 random bits: nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def said(row: Complaint) -> Said | None:
    """What was written; nothing once it is forgotten."""
    return Said(**json.loads(unseal(row.said_sealed))) if row.said_sealed else None


def get_by_token(token: str) -> Complaint:
    """The complaint of whoever got the letter. Raises Complaint.DoesNotExist."""
    return Complaint.objects.select_related("operator").get(token_sha256=digest(token))


def confirm(token: str, now: datetime) -> Complaint:
    """The mailbox has got the letter; once more changes nothing. Raises Complaint.DoesNotExist."""
    with transaction.atomic():
        row = _lock(token_sha256=digest(token))
        if row.state == "UNCONFIRMED":
            row.received_at = now
            COMPLAINT.move(row, "RECEIVED", fields=["received_at"], by="complainant")
            letters.write(
                "complaint_received", f"complaint:{row.pk}:received", now, operator=row.operator, complaint=row
            )
    return row


def withdraw(token: str, now: datetime) -> Complaint:
    """Whoever complained no longer does. Raises ComplaintError, Complaint.DoesNotExist."""
    with transaction.atomic():
        row = _lock(token_sha256=digest(token))
        if not COMPLAINT.allows(row.state, "WITHDRAWN"):
            raise ComplaintError("decided_already")
        row.decided_at = now
        COMPLAINT.move(row, "WITHDRAWN", fields=["decided_at"], by="complainant")
    return row


def list_open(region_codes: list[str]) -> list[Complaint]:
    """What waits for an officer of some regions, the oldest first."""
    rows = Complaint.objects.filter(state__in=_MOVES, operator__region__code__in=region_codes)
    return list(rows.select_related("operator").order_by("received_at", "pk"))


def get_for(user: Any, pk: int) -> Complaint:
    """A confirmed complaint, for who oversees the operator. Raises Complaint.DoesNotExist."""
    row = Complaint.objects.select_related("operator__region", "decided_by").exclude(state="UNCONFIRMED").get(pk=pk)
    if not user.has_perm(OVERSEE, row.operator.code):
        raise Complaint.DoesNotExist
    return row


def list_moves(row: Complaint) -> list[str]:
    """The states to which an officer can bring a complaint."""
    return list(_MOVES.get(row.state, ()))


def move(pk: int, new: str, user: Any, now: datetime, *, reason: str = "") -> Complaint:
    """An officer takes it up, or decides. Raises ComplaintError, Complaint.DoesNotExist."""
    get_for(user, pk)
    with transaction.atomic():
        row = _lock(pk=pk)
        if new not in list_moves(row):
            raise ComplaintError("decided_already")
        fields: list[str] = []
        if new != "UNDER_REVIEW":
            if len(reason.strip()) < SHORTEST_REASON:
                raise ComplaintError("no_reason")
            row.reason, row.decided_by, row.decided_at = reason.strip(), user, now
            fields = ["reason", "decided_by", "decided_at"]
        COMPLAINT.move(row, new, fields=fields, by="officer")
        letters.write("complaint_news", f"complaint:{row.pk}:{new}", now, operator=row.operator, complaint=row)
    return row


def list_counts(operator: str = "") -> list[Count]:
    """How many there are about whom, by the operator's name; of one operator."""
    rows = Complaint.objects.exclude(state="UNCONFIRMED")
    rows = rows.filter(operator__code=operator) if operator else rows
    found: dict[tuple[str, str], Counter[str]] = {}
    for name, code, state in rows.values_list("operator__legal_name", "operator__code", "state"):
        found.setdefault((name, code), Counter())[state] += 1
    return [
        Count(
            operator=code,
            operator_name=name,
            received=states.total(),
            waiting=sum(states[each] for each in _MOVES),
            upheld=states["UPHELD"],
            rejected=states["REJECTED"],
            withdrawn=states["WITHDRAWN"],
        )
        for (name, code), states in sorted(found.items())
    ]


def tidy(now: datetime) -> None:
    """Forget what nobody has confirmed, and who wrote what, long after the end."""
    Complaint.objects.filter(state="UNCONFIRMED", written_at__lt=now - PATIENCE).delete()
    over = Complaint.objects.filter(state__in=COMPLAINT.terminal, decided_at__lt=now - KEPT)
    over.exclude(said_sealed=b"").update(said_sealed=b"", mailbox_hash="")


def _lock(**by: Any) -> Complaint:
    return Complaint.objects.select_for_update(of=("self",)).select_related("operator").get(**by)
