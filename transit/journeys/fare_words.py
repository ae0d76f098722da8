"""Why a line of a price is what it is, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy

from transit.journeys.durations import duration_text
from transit.routing.itinerary import FareLine, FareReason

_SENTENCES = {
    FareReason.TICKET: gettext_lazy("One ticket for this ride."),
    FareReason.TICKET_WITH_CHANGES: gettext_lazy("One ticket for all these rides."),
    FareReason.JOINED: gettext_lazy("These rides count as one: you pay once, from the first stop to the last."),
    FareReason.CHEAPER_TOGETHER: gettext_lazy(
        "Costs more than a ticket for this ride alone, but less than separate tickets for all your rides."
    ),
    FareReason.THROUGH: gettext_lazy("One ticket for these rides instead of one for each."),
    FareReason.CHANGE_FREE: gettext_lazy("You change to this ride for free."),
    FareReason.CHANGE_COSTS: gettext_lazy("You pay only this much more because you change from an earlier ride."),
    FareReason.CHANGE_DISCOUNT: gettext_lazy("You get this much off because you change from an earlier ride."),
    FareReason.QUIET: gettext_lazy("Taken off, because few people want to ride then."),
    FareReason.BUSY: gettext_lazy("More, because many people want to ride then."),
    FareReason.LUGGAGE: gettext_lazy("For your luggage."),
    FareReason.DAY_CAP: gettext_lazy("Taken off, because you pay no more than this on one day."),
}
_LIMITED = {
    FareReason.TICKET: gettext_lazy("One ticket for this ride, valid for %(time)s."),
    FareReason.TICKET_WITH_CHANGES: gettext_lazy("One ticket for all these rides, valid for %(time)s."),
    FareReason.CHANGE_FREE: gettext_lazy("You change to this ride for free, because it is within %(time)s."),
    FareReason.CHANGE_COSTS: gettext_lazy("You pay only this much more because you change within %(time)s."),
    FareReason.CHANGE_DISCOUNT: gettext_lazy("You get this much off because you change within %(time)s."),
}


def sentence_of(line: FareLine) -> str:
    """What a line is for, and why."""
    limited = _LIMITED.get(line.reason) if line.limit_s else None
    if limited is None:
        return str(_SENTENCES[line.reason])
    return str(limited) % {"time": duration_text(timedelta(seconds=line.limit_s or 0))}
