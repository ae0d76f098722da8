"""What has changed about an itinerary, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from babel.numbers import format_currency
from django.utils.translation import gettext_lazy

from transit.journeys.alterations import Alteration, AlterationCode, Value
from transit.journeys.clocks import clock_text, language
from transit.journeys.mode_words import mode_name
from transit.money import Money

_SENTENCES = {
    AlterationCode.DEPARTURE: gettext_lazy("%(line)s now leaves at %(new)s, not at %(old)s."),
    AlterationCode.ARRIVAL: gettext_lazy("%(line)s now arrives at %(new)s, not at %(old)s."),
    AlterationCode.START_STOP: gettext_lazy("%(line)s now leaves from %(new)s, not from %(old)s."),
    AlterationCode.END_STOP: gettext_lazy("You now get off %(line)s at %(new)s, not at %(old)s."),
    AlterationCode.START_PLATFORM: gettext_lazy("%(line)s now leaves from platform %(new)s, not %(old)s."),
    AlterationCode.END_PLATFORM: gettext_lazy("%(line)s now arrives at platform %(new)s, not %(old)s."),
    AlterationCode.LINE: gettext_lazy("Line %(old)s is now called %(new)s."),
    AlterationCode.TRIP: gettext_lazy("Another trip of %(line)s now goes at this time."),
    AlterationCode.PRICE: gettext_lazy("The price is now %(new)s, no longer %(old)s."),
    AlterationCode.CANCELLED: gettext_lazy("%(line)s at %(old)s is cancelled."),
    AlterationCode.GONE: gettext_lazy("%(line)s at %(old)s is no longer in the timetable."),
    AlterationCode.MISSED: gettext_lazy("%(line)s at %(old)s leaves before you can be there."),
}


def sentence_of(alteration: Alteration) -> str:
    """One change."""
    old, new = (_text(value, alteration.timezone) for value in (alteration.old, alteration.new))
    line = f"{mode_name(alteration.mode)} {alteration.line}".strip() if alteration.mode else ""
    return str(_SENTENCES[alteration.code]) % {"line": line, "old": old, "new": new}


def _text(value: Value, timezone: str) -> str:
    if isinstance(value, datetime):
        return clock_text(value, timezone)
    if isinstance(value, Money):
        return format_currency(value.decimal(), value.currency, locale=language())
    return value or "–"
