"""The trial in words: what each step does, how it ended, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEPS: Final[Mapping[str, Promise]] = {
    "search": _("Search for a ride"),
    "look_up_before": _("Look up an offer that nobody has bought"),
    "hold": _("Hold it"),
    "hold_again": _("Hold the same once more, as if the answer had been lost"),
    "look_up": _("Look up what is held, by a number known before"),
    "find_all": _("Find what is held by our own reference"),
    "extend": _("Ask for more time"),
    "release": _("Release it"),
    "release_again": _("Release it once more"),
    "look_up_after": _("Look up what was released"),
    "confirm": _("Buy what is held"),
    "confirm_again": _("Buy the same once more"),
    "charged_once": _("Read what the operator charges for it"),
    "undo": _("Give back what was bought"),
    "expire": _("Wait until what is held expires"),
    "nonsense": _("Buy something that does not exist"),
}
VERDICTS: Final[Mapping[str, Promise]] = {
    "PROVEN": _("works"),
    "DISPROVEN": _("does not work"),
    "UNCLEAR": _("no answer"),
    "NOT_TRIED": _("not tried"),
}
WHY: Final[Mapping[str, Promise]] = {
    "nothing_offered": _("Nothing was offered."),
    "not_new": _("It is known as something else than an offer."),
    "not_held": _("It was answered, but nothing is held."),
    "dearer": _("It costs more than was offered."),
    "sold_at_once": _("It was sold at once; there is no holding."),
    "sold_twice": _("It was sold a second time."),
    "other_answer": _("The second answer is another than the first."),
    "not_found": _("It is not found."),
    "shorter": _("There is less time than before."),
    "still_held": _("It is still held."),
    "not_sold": _("It was answered, but nothing is sold."),
    "waits": _("A person decides about it later."),
    "charged_otherwise": _("Another sum is charged than was agreed."),
    "too_long": _("That takes too long to wait for."),
    "bought": _("It was bought by itself."),
    "accepted": _("It was not refused."),
    "no_error_code": _("The refusal has no code by its standard."),
    "no_refusal": _("It was answered, but neither with a sale nor with a refusal."),
    "refused": _("It was refused."),
    "senseless": _("The answer makes no sense."),
    "lost": _("No answer came, or something broke."),
    "no_time": _("There was no time left."),
    "no_such_call": _("The standard has no such call."),
}
CAPABILITIES: Final[Mapping[str, Promise]] = {
    "A": _("After a lost answer the same call can be sent again."),
    "B": _("After a lost answer it can be looked up what was sold."),
    "C": _("After a lost answer it can be searched for by our reference."),
    "D": _("After a lost answer nobody can find out what was sold."),
}
