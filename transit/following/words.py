"""What is said to officers about feeds, in their language."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from transit.following.decisions import region_of
from transit.following.judging import Doubt
from transit.models import Letter
from transit.register.letters import Addressees, Post, language_of, post


def doubt_words(doubt: Doubt) -> str:
    """Why a version waits, as a sentence; what is not answered stands beside it."""
    numbers = {"had": doubt.had, "has": doubt.has}
    match doubt.code:
        case "departures_lost":
            said = gettext("In the next two weeks it has %(has)d departures a day; the present timetable has %(had)d.")
        case "departures_grown":
            said = gettext(
                "In the next two weeks it has %(has)d departures a day; the present timetable has only %(had)d."
            )
        case "rides_not_answered":
            said = gettext("Of %(had)d journeys that are found today, only %(has)d are still found with it.")
        case "region_not_answered":
            said = gettext("With it, example searches of the region find nothing any more.")
        case "ended":
            said = gettext("It has ended already, on %(day)s.")
            return said % {"day": _day(doubt.asked[0])}
        case _:
            said = gettext("No network can be built with it.")
    return said % numbers


def compose(letter: Letter, now: datetime) -> Post | None:
    """A letter to the officers who decide about a feed."""
    interface = letter.interface
    assert interface is not None
    operator = interface.operator
    with translation.override(language_of(operator.region if operator else None)):
        context = {"kind": letter.kind, "interface": interface, "said": _said(letter.kind, letter.about["reason"])}
        return post(Addressees(regions=(region_of(interface),)), "feed", context, "feeds")


def _said(kind: str, reason: str) -> str:
    """What has happened, in a few sentences."""
    match kind:
        case "feed_waits":
            found = json.loads(reason)
            doubt = Doubt(**{**found, "asked": tuple(found["asked"])})
            listed = [] if doubt.code == "ended" else [f"- {each}" for each in doubt.asked]
            return "\n".join([doubt_words(doubt), *listed, gettext("Until you decide, the present timetable answers.")])
        case "feed_rejected":
            said = gettext("The publisher has put out a file that cannot be used: %(why)s")
        case "feed_silent":
            said = gettext("The publisher's address has not answered for half a day: %(why)s")
        case _:
            return gettext(
                "The timetable that answers ends on %(day)s, and the publisher has put out no newer one. Please ask for"
                " it."
            ) % {"day": _day(reason)}
    present = gettext("The present timetable goes on answering.")
    return f"{said % {'why': reason}}\n{present}"


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")
