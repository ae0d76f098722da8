"""What was done with somebody's file or in their name, in words: for the person, and for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from bookings.models import Act

SHOWN: Final = 100
_WORDS = {
    "created": _("A file was made, with consent"),
    "opened": _("The file was opened"),
    "changed": _("The file was changed"),
    "ordered": _("A journey was ordered"),
    "cancelled": _("A booking was cancelled"),
    "enrolled": _("A right was noted after a proof was seen"),
    "withdrawn": _("A right was withdrawn"),
    "favourite": _("A favourite place was kept"),
    "standing": _("Recurring rides were agreed or changed"),
    "skipped": _("A day of recurring rides was left out"),
    "asked": _("Asked to order for somebody"),
    "linked": _("Your account was linked to a file at the desk"),
    "delegated": _("Somebody was allowed to order"),
    "delegation_ended": _("Somebody may no longer order"),
    "erased": _("The file was erased"),
}
_BY_ITSELF = _("by itself, as agreed")


@dataclass(frozen=True, slots=True)
class ActShown:
    """An act in words, and by whom."""

    at: datetime
    what: str
    by: str
    about: str


def list_acts(person_id: int) -> list[ActShown]:
    """The latest acts, the newest first."""
    rows = Act.objects.filter(person_id=person_id).exclude(what="searched").select_related("by")[:SHOWN]
    return [ActShown(row.at, str(_WORDS[row.what]), _name(row), _about(row)) for row in rows]


def _name(row: Act) -> str:
    return str(_BY_ITSELF) if row.by is None else getattr(row.by, "name", "") or getattr(row.by, "email", "")


def _about(row: Act) -> str:
    """What it was about, as far as a code or a day says it."""
    return str(row.detail.get("group") or row.detail.get("day") or row.detail.get("until") or "")
