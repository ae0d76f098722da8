"""Why a search finds nothing, in the reader's language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, gettext_lazy, pgettext

from transit.journeys.clocks import clock_text, date_text, day_text
from transit.journeys.distances import distance_text
from transit.journeys.durations import duration_text
from transit.journeys.mode_words import mode_name
from transit.journeys.reasons import End, Reason, ReasonCode

_SENTENCES = {
    ReasonCode.OUTSIDE_REGION: gettext_lazy("This place is outside the region: the nearest stop is %(distance)s away."),
    ReasonCode.NOT_ON_STREET: gettext_lazy("No street or path is known here. The nearest stop is %(place)s."),
    ReasonCode.NOT_CONNECTED: gettext_lazy("From this place no stop can be reached on foot. The nearest is %(place)s."),
    ReasonCode.NO_STOP_NEAR: gettext_lazy("The nearest stop is %(place)s: %(distance)s on foot, %(walk)s."),
    ReasonCode.OUTSIDE_ZONE: gettext_lazy("%(line)s does not come here. Its area ends %(distance)s away."),
    ReasonCode.OUTSIDE_TIMETABLE: gettext_lazy("The timetables hold from %(first_on)s to %(last_on)s."),
    ReasonCode.NO_SERVICE_THAT_DAY: gettext_lazy("Nothing goes there on this day."),
    ReasonCode.LAST_RIDE_GONE: gettext_lazy("The last ride of this day leaves at %(time)s."),
    ReasonCode.EARLIER_RIDE: gettext_lazy("An earlier ride leaves at %(time)s."),
    ReasonCode.LATER_RIDE: gettext_lazy("The next ride leaves at %(time)s."),
    ReasonCode.BOOKING_CLOSED: gettext_lazy("%(line)s had to be ordered by %(day)s %(time)s."),
    ReasonCode.RIDE_CLOSED: gettext_lazy("%(line)s does not run at this time."),
    ReasonCode.RIDE_TOO_LATE: gettext_lazy("It is too late to order %(line)s for this time."),
    ReasonCode.RIDE_TOO_EARLY: gettext_lazy("%(line)s can be ordered from %(day)s %(time)s."),
    ReasonCode.RIDE_NOT_BETWEEN: gettext_lazy("%(line)s does not take anybody from the one place to the other."),
    ReasonCode.RIDE_EXCLUDED: gettext_lazy("%(line)s does not drive such short ways, or where a bus does as well."),
    ReasonCode.RIDE_FULL: gettext_lazy("All vehicles of %(line)s are taken at this time."),
    ReasonCode.RIDE_NOT_ELIGIBLE: gettext_lazy("%(line)s cannot be ordered for this group or purpose now."),
    ReasonCode.NOT_STEP_FREE: gettext_lazy("There is a way, but with stairs."),
    ReasonCode.WHEELCHAIR_UNKNOWN: gettext_lazy(
        "There is a way, but it is not known whether a wheelchair can be used everywhere on it."
    ),
    ReasonCode.NOT_FOR_WHEELCHAIRS: gettext_lazy(
        "What goes there has a vehicle, a stop or a way that no wheelchair can use."
    ),
    ReasonCode.MODES_EXCLUDED: gettext_lazy("There is a way if you also take: %(modes)s."),
    ReasonCode.TOO_FEW_VEHICLES: gettext_lazy("There is a way with more changes."),
    ReasonCode.CHANGES_TOO_SHORT: gettext_lazy("There is a way with less time to change."),
    ReasonCode.WALK_TOO_LONG: gettext_lazy("There is a way if you walk further, up to %(walk)s at once."),
    ReasonCode.NO_CONNECTION: gettext_lazy("No connection between these places is known."),
}
_ENDS = {End.ORIGIN: gettext_lazy("Start"), End.DESTINATION: gettext_lazy("Destination")}


def sentence_of(reason: Reason) -> str:
    """What stands in the way, and when the next ride leaves."""
    text = str(_SENTENCES[reason.code]) % _facts(reason)
    if reason.end is not None:
        text = gettext("%(end)s: %(text)s") % {"end": _ENDS[reason.end], "text": text}
    if reason.next_at is None or reason.code == ReasonCode.LATER_RIDE:
        return text
    facts = {"day": day_text(reason.next_at, reason.timezone), "time": clock_text(reason.next_at, reason.timezone)}
    further = gettext("The next ride: %(day)s %(time)s.") % facts
    return f"{text} {further}"


def _facts(reason: Reason) -> dict[str, Any]:
    facts: dict[str, Any] = {"line": reason.line}
    if reason.place is not None:
        facts["place"] = reason.place.name
    if reason.distance_m is not None:
        facts["distance"] = distance_text(reason.distance_m)
    if reason.walk_s is not None:
        facts["walk"] = duration_text(timedelta(seconds=reason.walk_s))
    if reason.at is not None:
        facts |= {"day": day_text(reason.at, reason.timezone), "time": clock_text(reason.at, reason.timezone)}
    for name, on in (("first_on", reason.first_on), ("last_on", reason.last_on)):
        facts[name] = "" if on is None else date_text(on)
    facts["modes"] = pgettext("between items of a list", ", ").join(map(mode_name, reason.modes))
    return facts
