"""What letters say, to whom and in which language: written when they leave, as things stand then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from transit.models import AccessRequest, Complaint, Letter, Operator
from transit.register import access, complaints, duties, supervision
from transit.register.access import OPEN
from transit.register.duty import Standing

_TO_OPERATOR = (
    Letter.Kind.DUTY_NEAR,
    Letter.Kind.DUTY_LATE,
    Letter.Kind.ACCESS_ASKED,
    Letter.Kind.ACCESS_REMINDER,
)
_TO_OFFICER = (Letter.Kind.ACCESS_SILENCE, Letter.Kind.COMPLAINT_RECEIVED)


@dataclass(frozen=True, slots=True)
class Post:
    """A letter as it leaves. `key` is the same for every attempt; without an `address` nobody can be told."""

    key: str
    address: str
    subject: str
    text: str


def compose(letter: Letter, now: datetime) -> Post | None:
    """The letter; None where what it says is no longer so."""
    address, language = _whom(letter)
    context = _context(letter, now)
    if context is None:
        return None
    with translation.override(language):
        text = render_to_string(f"emails/register/{letter.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return Post(letter.key, address, subject.strip(), body.strip() + "\n")


def _whom(letter: Letter) -> tuple[str, str]:
    """An address and a language."""
    if letter.kind in _TO_OPERATOR:
        return letter.operator.email, _language_of(letter.operator)
    if letter.kind in _TO_OFFICER:
        return supervision.of_region(letter.operator.region).email, _language_of(letter.operator)
    if letter.request is not None:
        asked = access.said(letter.request)
        return asked.email if asked else "", letter.request.language
    assert letter.complaint is not None
    written = complaints.said(letter.complaint)
    return written.email if written else "", letter.complaint.language


def _language_of(operator: Operator) -> str:
    """The first of its region's that pages have."""
    spoken = operator.region.languages if operator.region else []
    return next((each for each in spoken if each in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def _context(letter: Letter, now: datetime) -> dict[str, Any] | None:
    """What the text is about, and where more is to be seen."""
    context: dict[str, Any] = {"operator": letter.operator, "authority": supervision.of_region(letter.operator.region)}
    if letter.request is not None:
        return _of_request(letter, letter.request, context)
    if letter.complaint is not None:
        return _of_complaint(letter, letter.complaint, context)
    standing = Standing.LATE if letter.kind == Letter.Kind.DUTY_LATE else Standing.DUE
    lines = duties.list_lines(now, operator=letter.operator.code, standing=standing)
    due_on = letter.about.get("due_on")
    lines = [each for each in lines if due_on in (None, each.reckoned.owed.due_on.isoformat())]
    context |= {"lines": lines, "address": _address("operator-duty", letter.operator.code)}
    return context if lines else None


def _of_request(letter: Letter, row: AccessRequest, context: dict[str, Any]) -> dict[str, Any] | None:
    waits = letter.kind in (Letter.Kind.ACCESS_ASKED, Letter.Kind.ACCESS_REMINDER, Letter.Kind.ACCESS_SILENCE)
    if waits and row.state not in OPEN:
        return None
    return context | {"asked": row, "address": _address("access-request", row.code)}


def _of_complaint(letter: Letter, row: Complaint, context: dict[str, Any]) -> dict[str, Any] | None:
    written = complaints.said(row)
    if written is None or (letter.kind == Letter.Kind.COMPLAINT_CONFIRM) != (row.state == "UNCONFIRMED"):
        return None
    if letter.kind == Letter.Kind.COMPLAINT_RECEIVED:
        address = _address("officer-complaint", row.pk)
    else:
        address = _address("complaint", written.token)
    return context | {"complaint": row, "address": address}


def _address(name: str, *arguments: Any) -> str:
    return settings.PUBLIC_URL + reverse(name, args=arguments)
