"""Every code of a finding: which criterion of the grade it is about, and its sentence.

`docs/probes.md` is checked against this table. Sentences are for operators' and governments' staff; figures fill them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transit.models import Interface
from transit.register.conformance.words import STEPS


class Criterion(StrEnum):
    """What an interface is graded by."""

    REACHABLE = "reachable"
    FRESH = "fresh"
    VALID = "valid"
    COMPLETE = "complete"
    SELLS = "sells"


CRITERIA: Final[Mapping[str, Promise]] = {
    "reachable": _("Can be reached"),
    "fresh": _("Up to date"),
    "valid": _("Without mistakes"),
    "complete": _("Complete"),
    "sells": _("Sells safely"),
}
_R, _F, _V, _C, _S = Criterion.REACHABLE, Criterion.FRESH, Criterion.VALID, Criterion.COMPLETE, Criterion.SELLS


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding of this code means. `sentence` is filled with the finding's figures."""

    criterion: Criterion
    sentence: Promise | str


CODES: Final[Mapping[str, Code]] = {
    "answered_with": Code(_R, _("It answered with an error: status %(status)s.")),
    "no_such_host": Code(_R, _("Its address leads nowhere: nobody knows the name of the machine.")),
    "no_connection": Code(_R, _("No connection to it could be made.")),
    "no_answer": Code(_R, _("It did not answer in time.")),
    "broken_off": Code(_R, _("Its answer broke off.")),
    "too_large": Code(_R, _("Its answer is larger than any such interface needs.")),
    "address_forbidden": Code(_R, _("Its address is not a public one that begins with https, and is not asked.")),
    "needs_access": Code(_R, _("It wants a key or a password, so nobody can see what it discloses.")),
    "slow": Code(_R, _("It takes long to answer: %(ms)s ms.")),
    "over_time": Code(_R, _("It took longer than %(seconds)s s in all, and was given up.")),
    "often_down": Code(_R, _("It could be reached %(percent)s %% of the last 30 days.")),
    "below_promise": Code(
        _R, _("It could be reached %(percent)s %% of the last 30 days; %(promised)s %% are promised.")
    ),
    "expired": Code(_F, _("Its data ended on %(date)s.")),
    "ends_soon": Code(_F, _("Its data end on %(date)s.")),
    "not_begun": Code(_F, _("Its data begin on %(date)s only.")),
    "stale": Code(_F, _("What it says is %(minutes)s minutes old.")),
    "from_future": Code(_F, _("What it says is of a time that is still to come: its clock is wrong.")),
    "refused": Code(_V, _("It cannot be read (%(file)s).")),
    "schema_faults": Code(_V, _("%(file)s does not follow its published schema in %(count)s places.")),
    "validator_errors": Code(_V, _("The validator names %(count)s mistakes of %(kinds)s kinds.")),
    "validator_warnings": Code(_V, _("The validator has doubts about %(count)s places.")),
    "rows_lost": Code(_V, _("%(lost)s of %(given)s rows of %(file)s cannot be used.")),
    "faulty_entities": Code(_V, _("%(count)s entries cannot be used.")),
    "no_schema": Code(_V, _("No schema is published for version %(version)s; it was only read.")),
    "checked_in_part": Code(_V, _("%(file)s is large: its first %(checked)s of %(count)s entries were checked.")),
    "not_validated": Code(_V, _("It was not validated this time: our machine was busy, or it took too long.")),
    "missing_file": Code(_C, _("%(file)s is missing.")),
    "missing_agency": Code(_C, _("Services of the register are missing in it: %(count)s.")),
    "promise_broken": Code(_C, _("Its page promises something that is not in it: %(content)s.")),
    "no_promise": Code(_C, _("Its page in the register does not say what is in it.")),
    "nothing_there": Code(_C, _("It says nothing of any vehicle or trip.")),
    "unknown_trips": Code(_C, _("%(unknown)s of %(trips)s trips are not in its timetable.")),
    "no_status": Code(_C, _("%(count)s of %(stations)s stations say nothing of their vehicles.")),
    "unreadable_format": Code(_V, _("Whether its contents are right cannot be checked in this format.")),
    "no_sandbox": Code(_S, _("No address for trying it out (sandbox) is given, so selling was not tried.")),
    "sandbox_is_production": Code(
        _S, _("Its address for trying it out is the one at which it really sells. Nothing was tried.")
    ),
    "no_ride": Code(_S, _("No ride of its services is known that could be tried.")),
    "not_conclusive": Code(_S, _("Selling was tried, but something in between failed. It is tried again.")),
    "sells_not": Code(_S, _("It did not sell when it was tried: %(step)s.")),
    "sells_twice": Code(_S, _("A call that was repeated was carried out twice.")),
    "keeps_holding": Code(_S, _("What was released is still held.")),
    "silence_sells": Code(_S, _("What nobody confirms counts as bought.")),
    "bad_refusal": Code(_S, _("A senseless call was not refused as its standard says.")),
    "no_undoing": Code(_S, _("What was bought in the trial could not be given back.")),
    "capability": Code(_S, _("Selling was tried. Class of safety: %(capability)s.")),
    "worst_capability": Code(_S, _("Selling was tried. If an answer is lost, nobody can find out what was sold.")),
}


def sentence(code: str, figures: Mapping[str, object]) -> str:
    """What a finding says, in the reader's language. A code of an older release is told by its name."""
    known = CODES.get(code)
    if known is None:
        return code.replace("_", " ")
    try:
        return str(known.sentence) % {name: _worded(name, value) for name, value in figures.items()}
    except (KeyError, ValueError, TypeError):
        return str(known.sentence)


def _worded(name: str, value: object) -> object:
    """A figure as people write it."""
    if name == "date":
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    if name == "content" and value in Interface.Content.values:
        return Interface.Content(value).label
    return STEPS.get(str(value), value) if name == "step" else value
