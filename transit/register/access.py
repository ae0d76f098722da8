"""Requests for access to an interface: a provider asks, the operator answers, and silence is noticed.

The stages are the five of Finland's practice: interfaces (asked), reliability of the parties, negotiation, start
(granted), use. The two parties and the officer see a request; what others see, `access_record` says.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from transit.models import ACCESS, AccessRequest, Interface, Operator
from transit.register import letters, supervision
from transit.register.supervision import ANSWER, OVERSEE
from transit.sealing import seal, unseal

ASK: Final = "transit.ask_access"
MOST_OPEN: Final = 20
"""Requests of one provider that wait for an answer."""
REMINDED_BEFORE: Final = timedelta(days=3)
KEPT: Final = timedelta(days=3 * 365)
"""After its end, so long is known who asked."""
SHORTEST_REASON: Final = 5
_DAY: Final = timedelta(days=1)
OPEN: Final = ("ASKED", "RELIABILITY", "NEGOTIATION")
_BY_PROVIDER: Final = {
    **dict.fromkeys(OPEN, ("WITHDRAWN",)),
    "GRANTED": ("IN_USE", "WITHDRAWN"),
    "IN_USE": ("ENDED",),
}
_BY_OPERATOR: Final = {
    "ASKED": ("RELIABILITY", "NEGOTIATION", "GRANTED", "REFUSED"),
    "RELIABILITY": ("NEGOTIATION", "GRANTED", "REFUSED"),
    "NEGOTIATION": ("GRANTED", "REFUSED"),
    "GRANTED": ("IN_USE", "ENDED"),
    "IN_USE": ("ENDED",),
}
_NEEDS_REASON: Final = ("REFUSED", "ENDED")


class AccessError(Exception):
    """`code`: asked_already, too_many_requests_open, not_possible_now, no_reason, no_interface."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """Who asks and why: for the two parties and the officer."""

    organisation: str
    business_id: str
    contact: str
    email: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Asked:
    """To what access is asked for: an interface by its name, or whatever serves a level."""

    operator: str
    level: int
    said: Said
    interface: str = ""
    language: str = "en"


def ask(asked: Asked, user: Any, now: datetime) -> AccessRequest:
    """Ask an operator, once at a time. Raises AccessError; Operator.DoesNotExist, also for who may not ask."""
    if not user.has_perm(ASK):
        raise Operator.DoesNotExist
    with transaction.atomic():
        operator = Operator.objects.select_for_update(of=("self",)).select_related("region").get(code=asked.operator)
        interface = _interface(operator, asked.interface)
        mine = AccessRequest.objects.filter(requested_by=user, state__in=OPEN)
        if mine.filter(operator=operator, interface=interface, level=asked.level).exists():
            raise AccessError("asked_already")
        if mine.count() >= MOST_OPEN:
            raise AccessError("too_many_requests_open")
        set_, today = supervision.of_region(operator.region), supervision.today(operator.region, now)
        row = AccessRequest.objects.create(
            code=secrets.token_urlsafe(16),
            operator=operator,
            interface=interface,
            level=asked.level,
            requested_by=user,
            language=asked.language,
            said_sealed=seal(json.dumps(asdict(asked.said), ensure_ascii=False)),
            asked_at=now,
            answer_by=today + timedelta(days=set_.answer_days),
            decide_by=today + timedelta(days=set_.decision_days),
        )
        letters.write("access_asked", f"access:{row.pk}:asked", now, operator=operator, request=row)
    return row


def _interface(operator: Operator, name: str) -> Interface | None:
    if not name:
        return None
    found = Interface.objects.filter(operator=operator, name=name).first()
    if found is None:
        raise AccessError("no_interface")
    return found


def said(row: AccessRequest) -> Said | None:
    """Who asks and why; nothing once that is forgotten."""
    return Said(**json.loads(unseal(row.said_sealed))) if row.said_sealed else None


def list_mine(user: Any) -> QuerySet[AccessRequest]:
    """What somebody has asked for, the newest first."""
    return AccessRequest.objects.filter(requested_by=user).select_related("operator", "interface")


def list_for(operator_code: str) -> list[AccessRequest]:
    """What was asked of an operator: what waits first."""
    rows = AccessRequest.objects.filter(operator__code=operator_code).select_related("operator", "interface")
    return sorted(rows, key=lambda row: (row.state not in OPEN, -row.pk))


def list_escalated(region_codes: list[str]) -> list[AccessRequest]:
    """What an officer of some regions has to look at: operators that were silent, the oldest first."""
    rows = AccessRequest.objects.filter(escalated_at__isnull=False, settled_at=None)
    return list(rows.filter(operator__region__code__in=region_codes).select_related("operator").order_by("pk"))


def get_for(user: Any, code: str) -> AccessRequest:
    """A request of somebody who is a party to it, or oversees it. Raises AccessRequest.DoesNotExist."""
    row = AccessRequest.objects.select_related("operator__region", "interface").get(code=code)
    if not sides(row, user):
        raise AccessRequest.DoesNotExist
    return row


def sides(row: AccessRequest, user: Any) -> set[str]:
    """What somebody is to a request: provider, operator, officer."""
    found = {"provider"} if row.requested_by_id == user.pk else set()
    found |= {"operator"} if user.has_perm(ANSWER, row.operator.code) else set()
    return found | ({"officer"} if user.has_perm(OVERSEE, row.operator.code) else set())


def list_moves(row: AccessRequest, user: Any) -> list[str]:
    """The states to which somebody can bring a request."""
    mine = sides(row, user)
    moves = list(_BY_PROVIDER.get(row.state, ())) if "provider" in mine else []
    return list(dict.fromkeys(moves + (list(_BY_OPERATOR.get(row.state, ())) if "operator" in mine else [])))


def move(code: str, new: str, user: Any, now: datetime, *, reason: str = "", answer: str = "") -> AccessRequest:
    """One step further, or the end. An operator says why it refuses or ends.

    Raises AccessError; AccessRequest.DoesNotExist for who is no party.
    """
    with transaction.atomic():
        row = _lock(code, user)
        if new not in list_moves(row, user):
            raise AccessError("not_possible_now")
        side = "operator" if "operator" in sides(row, user) and new in _BY_OPERATOR.get(row.state, ()) else "provider"
        if side == "operator" and new in _NEEDS_REASON and (not reason or len(answer.strip()) < SHORTEST_REASON):
            raise AccessError("no_reason")
        fields = _note(row, new, side, now)
        if side == "operator":
            row.reason, row.answer = (reason if new in _NEEDS_REASON else ""), answer.strip()
            fields += ["reason", "answer"]
        ACCESS.move(row, new, fields=fields, by=side, reason=row.reason)
        if side == "operator":
            letters.write("access_news", f"access:{row.pk}:{new}", now, operator=row.operator, request=row)
    return row


def _note(row: AccessRequest, new: str, side: str, now: datetime) -> list[str]:
    """The dates that a step leaves; the fields that have changed."""
    changed = []
    if side == "operator" and row.answered_at is None:
        row.answered_at = now
        changed.append("answered_at")
    if new in ("GRANTED", "REFUSED"):
        row.decided_at = now
        changed.append("decided_at")
    if row.escalated_at is not None and row.settled_at is None:
        row.settled_at = now
        changed.append("settled_at")
    return changed


def settle(code: str, user: Any, now: datetime) -> AccessRequest:
    """An officer has looked at a silence; at the next deadline it comes back. Raises AccessError, DoesNotExist."""
    with transaction.atomic():
        row = _lock(code, user)
        if "officer" not in sides(row, user):
            raise AccessRequest.DoesNotExist
        if row.escalated_at is None or row.settled_at is not None:
            raise AccessError("not_possible_now")
        row.settled_at = now
        row.save(update_fields=["settled_at"])
        row.events.create(old=row.state, new=row.state, detail={"by": "officer", "what": "settled"})
    return row


def watch(now: datetime) -> None:
    """Remind operators that are silent, and tell the officer of those that stay so: once for each deadline."""
    for pk in AccessRequest.objects.filter(state__in=OPEN).values_list("pk", flat=True):
        with transaction.atomic():
            rows = AccessRequest.objects.select_for_update(of=("self",)).select_related("operator__region")
            row = rows.filter(state__in=OPEN, pk=pk).first()
            if row is not None:
                _watch(row, now)


def _watch(row: AccessRequest, now: datetime) -> None:
    today = supervision.today(row.operator.region, now)
    deadlines = {row.answer_by, row.decide_by} if row.state == "ASKED" else {row.decide_by}
    passed = max((day for day in deadlines if day < today), default=None)
    remind_on = min((day for day in deadlines if day >= today), default=date.max) - REMINDED_BEFORE
    if passed is not None and _not_since(row.escalated_at, passed + _DAY, row):
        row.escalated_at, row.settled_at = now, None
        row.save(update_fields=["escalated_at", "settled_at"])
        _tell(row, "escalated", "access_silence", passed, now)
    elif today >= remind_on and _not_since(row.reminded_at, remind_on, row):
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        _tell(row, "reminded", "access_reminder", remind_on, now)


def _not_since(moment: datetime | None, day: date, row: AccessRequest) -> bool:
    """Whether something was not done on a day or later."""
    return moment is None or supervision.today(row.operator.region, moment) < day


def _tell(row: AccessRequest, what: str, kind: str, day: date, now: datetime) -> None:
    row.events.create(old=row.state, new=row.state, detail={"by": "clock", "what": what})
    letters.write(kind, f"access:{row.pk}:{what}:{day}", now, operator=row.operator, request=row)


def tidy(now: datetime) -> None:
    """Forget who asked, long after the end."""
    over = AccessRequest.objects.filter(state__in=ACCESS.terminal, asked_at__lt=now - KEPT).exclude(said_sealed=b"")
    for row in over:
        last = row.events.last()
        if last is not None and last.at < now - KEPT:
            row.said_sealed = b""
            row.save(update_fields=["said_sealed"])


def _lock(code: str, user: Any) -> AccessRequest:
    rows = AccessRequest.objects.select_for_update(of=("self",)).select_related("operator__region")
    row = rows.filter(code=code).first()
    if row is None or not sides(row, user):
        raise AccessRequest.DoesNotExist
    return row
