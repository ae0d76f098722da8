"""Moments as people read them on the clocks of a place."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.utils.translation import get_language

# Babel date patterns. The 24-hour clock everywhere; Finnish writes a full stop, Japanese no leading zero.
CLOCK = {"en": "HH:mm", "fi": "H.mm", "ja": "H:mm"}
FULL_DAY = {"en": "d MMMM y", "fi": "d.M.y", "ja": "y年M月d日"}
SHORT_DAY = {"en": "EEE d MMM", "fi": "ccc d.M.", "ja": "M月d日（E）"}


def language() -> str:
    """The two letters of the reader's language."""
    return (get_language() or "en")[:2]


def clock_text(moment: datetime, timezone: str) -> str:
    """The time of day at a place."""
    return format_time(moment.astimezone(ZoneInfo(timezone)), CLOCK.get(language(), "HH:mm"), locale=language())


def day_text(moment: datetime, timezone: str) -> str:
    """The day at a place in few characters: Mon 23 Nov."""
    local = moment.astimezone(ZoneInfo(timezone))
    return format_date(local, SHORT_DAY.get(language(), SHORT_DAY["en"]), locale=language())


def date_text(day: date) -> str:
    """A date with its year: 23 November 2026, 23.11.2026, 2026年11月23日."""
    return format_date(day, FULL_DAY.get(language(), FULL_DAY["en"]), locale=language())
