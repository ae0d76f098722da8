"""What the pages say of a ticket that was checked, by the codes of verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from bookings.models import TicketCheck
from bookings.services import day_lists, moving_codes
from bookings.services.inspecting import Verdict
from bookings.services.ticketing import TicketLeg

_REASONS: Final = {
    "valid": _("The ticket is valid."),
    "malformed": _("This is no ticket of ours."),
    "unknown_key": _("The key of this ticket is not known. It may be forged, or the device must be online once."),
    "bad_signature": _("This ticket is forged: its signature is wrong."),
    "other_operator": _("This ticket is for another operator."),
    "not_yet_valid": _("This ticket is for later."),
    "expired": _("The time of this ticket is over."),
    "revoked": _("This ticket was cancelled."),
    "used": _("Already used at {at}."),
    "unknown": _("No ticket with this number is known."),
    "several": _("Several tickets end like this. Please type the whole number."),
    "no_crypto": _("This browser cannot verify codes. Please type the number of the ticket."),
    "not_ready": _("This device has no lists yet. It must be online once."),
}
_TONES: Final = {"good": _("Valid"), "warn": _("Look closely"), "bad": _("Not valid")}


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict in words. `tone` is good, warn or bad; `figures` are what a screen with the ticket shows now."""

    tone: str
    heading: str
    reason: str
    note: str
    figures: str


def said(verdict: Verdict, timezone: str, now: datetime) -> Said:
    """A verdict for whoever asked."""
    tone = "bad"
    if verdict.code in {"valid", "several"}:
        tone = "warn" if verdict.by_number else "good"
    at = verdict.ride.boarded_at if verdict.ride else None
    clock = f"{(at or now).astimezone(ZoneInfo(timezone)):%H:%M}"
    note = _by_number() if verdict.code == "valid" and verdict.by_number else ""
    figures = ""
    if verdict.ticket and verdict.code == "valid":
        key = verdict.ticket.moving_key
        before = moving_codes.code_at(key, now, ago=1)
        figures = _figures().format(now=moving_codes.code_at(key, now), before=before)
    return Said(tone, str(_TONES[tone]), str(_REASONS[verdict.code]).format(at=clock), note, figures)


def places(row: TicketCheck) -> list[tuple[TicketCheck, TicketLeg | None]]:
    """A check and the one that it conflicts with, each with what the ticket says of the departure."""
    ticket = row.ticket
    assert ticket is not None, "a check without a ticket is never flagged"
    both = [row, row.conflict] if row.conflict else [row]
    return [(check, day_lists.find_said(ticket, check.departure)) for check in both]


def script_strings() -> dict[str, str]:
    """What the script of the page says, by key."""
    return {
        **{f"verdict_{code}": str(text) for code, text in _REASONS.items()},
        **{f"tone_{tone}": str(text) for tone, text in _TONES.items()},
        "note_by_number": _by_number(),
        "note_not_listed": gettext(
            "Its signature is genuine. It is not on the list of {at}: perhaps it was bought later."
        ),
        "note_other_ride": gettext("It was bought for another departure."),
        "note_used_here": gettext("You have checked it on this device. If it is the same person, all is well."),
        "figures": _figures(),
        "flag_replay": gettext("{serial}: checked at {at}, although it was also checked at {other} elsewhere."),
        "flag_used_then_void": gettext("{serial}: used at {at}, given back afterwards."),
        "any_departure": pgettext("departure", "Any"),
        "ready": gettext("Works without a connection. Lists of {at}, tickets: {count}."),
        "not_ready": str(_REASONS["not_ready"]),
        "waiting": gettext("Checks that wait for a connection: {count}."),
        "clock": gettext("The clock of this device is wrong by minutes: {minutes}. Please set it."),
        "camera_fails": gettext("The camera cannot be used. Please type the number of the ticket."),
        "journey": gettext("Journey"),
        "valid": pgettext("period", "Valid"),
        "for": pgettext("who uses the ticket", "For"),
        "ticket": gettext("Ticket"),
        "number": gettext("Number"),
    }


def _by_number() -> str:
    return gettext("Looked up by its number; nobody has read the signed code. Compare what it says.")


def _figures() -> str:
    return gettext("A screen must show {now} below the code (or {before} just before). On paper there are no figures.")
