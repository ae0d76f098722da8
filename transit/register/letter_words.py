"""What letters of the register say, to whom, in which language: written when they leave, as things stand then."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from transit.models import AccessRequest, Complaint, Letter
from transit.register import access, complaints, duties
from transit.register.access import OPEN
from transit.register.duty import Standing
from transit.register.letters import Addressees, Post, language_of, post

_TO_REGION = ("access_silence", "complaint_received")
_TO_OPERATOR = ("access_asked", "access_reminder")


def compose_duty(letter: Letter, now: datetime) -> Post | None:
    """What an operator owes; None where nothing of it is missing any more."""
    assert letter.operator is not None
    standing = Standing.LATE if letter.kind == "duty_late" else Standing.DUE
    lines = duties.list_lines(now, operator=letter.operator.code, standing=standing)
    due_on = letter.about.get("due_on")
    lines = [each for each in lines if due_on in (None, each.reckoned.owed.due_on.isoformat())]
    if not lines:
        return None
    to = Addressees(who="operator", address=letter.operator.email)
    context = {"operator": letter.operator, "lines": lines}
    with translation.override(language_of(letter.operator.region)):
        return post(to, letter.kind, context, "operator-duty", letter.operator.code)


def compose_access(letter: Letter, now: datetime) -> Post | None:
    """A request for access; None where it does not wait any more."""
    row = letter.request
    assert row is not None
    if letter.kind != "access_news" and row.state not in OPEN:
        return None
    to, language = _whom(letter, row)
    with translation.override(language):
        return post(to, letter.kind, {"operator": row.operator, "asked": row}, "access-request", row.code)


def compose_complaint(letter: Letter, now: datetime) -> Post | None:
    """A complaint; None where it is forgotten, or confirmed already."""
    row = letter.complaint
    assert row is not None
    written = complaints.said(row)
    if written is None or (letter.kind == "complaint_confirm") != (row.state == "UNCONFIRMED"):
        return None
    to, language = _whom(letter, row)
    page, key = ("officer-complaint", row.pk) if letter.kind in _TO_REGION else ("complaint", written.token)
    with translation.override(language):
        return post(to, letter.kind, {"operator": row.operator, "complaint": row}, page, key)


def _whom(letter: Letter, row: AccessRequest | Complaint) -> tuple[Addressees, str]:
    """Who is told, and in which language."""
    operator = row.operator
    if letter.kind in _TO_REGION:
        return Addressees(regions=(operator.region.code if operator.region else "",)), language_of(operator.region)
    if letter.kind in _TO_OPERATOR:
        return Addressees(who="operator", address=operator.email), language_of(operator.region)
    written = access.said(row) if isinstance(row, AccessRequest) else complaints.said(row)
    return Addressees(who="asker", address=written.email if written else ""), row.language
