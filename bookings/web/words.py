"""What the pages say about stages of bookings, and to staff about cases, by their codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

_ACTIONS = {
    "retry": _("Have it tried again"),
    "pay_back_otherwise": _("Note that it was paid back by bank transfer"),
    "note_paid": _("Note that the resident has paid by bank transfer"),
    "close": _("Answer, and close the case"),
    "issue_tickets": _("Make the missing tickets"),
    "release": _("Have the operator take it back"),
    "let_go": _("Have the payment service let the money go"),
    "operators_bear": _("The operators bear what the bank took"),
    "pay_operators": _("The operators are paid all the same"),
}
_ENDS = {
    "vanished": _("The difference has gone by itself."),
    "written_off": _("What was missing was written off."),
    "close": _("Closed."),
}
_FACTS = {
    "with": _("Compared with"),
    "reference": _("Reference"),
    "name_there": _("Its name there"),
    "client_ref": _("Our reference there"),
    "theirs": _("They say"),
    "ours": _("We say"),
    "at": _("From"),
    "state": _("State"),
    "payment": _("Payment"),
    "what": _("Movement"),
    "refund": _("Refund"),
    "dispute": _("Dispute"),
    "reason": _("Reason"),
    "source": _("Source"),
    "object": _("Object"),
    "kind": _("Message"),
    "event": _("Message number"),
    "sales": _("Sold by"),
}
_ACCOUNTS = {
    "rider_receivable": _("The resident owes us"),
    "disputed": _("A bank has taken back"),
    "psp_clearing": _("Missing at the payment service"),
    "invoice_receivable": _("An invoice is not paid"),
    "cash_due": _("Cash was not paid to the driver"),
    "operator_payable": _("An operator owes us"),
}
_CLEARING = _("Missing in a way of paying")
_NOT_COMPARED = {
    "cannot_be_asked": _("its system cannot be asked"),
    "cannot_list": _("it cannot list"),
    "broken": _("something went wrong here"),
    "payment_misconfigured": _("our access is not accepted"),
}
_NOT_REACHED = _("it did not answer")
# The stages that a resident sees, with the states of an order that belong to each.
_STAGES = (
    (_("Reserving with every operator"), {"HOLDING", "NEEDS_CONSENT"}),
    (_("Payment"), {"AUTHORISING", "NEEDS_ACTION"}),
    (_("Confirming with every operator"), {"CONFIRMING", "AWAITING_OPERATOR"}),
    (_("Making your tickets"), {"CAPTURING", "COMPLETED"}),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a booking. `state` is done, now or later."""

    label: str
    state: str


def action(code: str) -> str:
    """What staff can do, as a button says it."""
    return str(_ACTIONS[code])


def end(resolution: str) -> str:
    """How a case ended: what staff wrote, or a code in words."""
    return str(_ENDS.get(resolution) or _ACTIONS.get(resolution) or resolution)


def facts(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of a case, each with what it is called. References and codes stay as they are."""
    known = [(str(_FACTS[name]), text) for name, text in evidence.items() if name in _FACTS and name != "at"]
    when = [(str(_FACTS["at"]), str(evidence["at"])[:16].replace("T", " "))] if "at" in evidence else []
    return [(name, str(text)) for name, text in [*known, *when]]


def loss(account: str) -> str:
    """What is missing, by the account on which it is."""
    return str(_ACCOUNTS.get(account.partition(":")[0], _CLEARING))


def not_compared(why: str) -> str:
    """Why somebody's books were not compared."""
    return str(_NOT_COMPARED.get(why, _NOT_REACHED))


def stages(state: str) -> list[Stage]:
    """The stages of an order in `state`."""
    current = next((i for i, (_label, states) in enumerate(_STAGES) if state in states), len(_STAGES))
    when = ["done" if i < current else "now" if i == current else "later" for i in range(len(_STAGES))]
    return [Stage(str(label), each) for (label, _states), each in zip(_STAGES, when, strict=True)]
