"""What the pages say about reasons and stages, by their codes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

_REASONS = {
    "token_invalid": _("This journey was not proposed here."),
    "token_expired": _("This proposal is too old, or the timetable has changed since."),
    "itinerary_changed": _("The timetable has changed since you searched."),
    "back_too_early": _("The way back leaves before you have arrived."),
    "departed": _("This journey leaves too soon to be booked."),
    "sold_out": _("A part of this journey is sold out."),
    "cannot_be_combined": _("A part of this journey can only be bought by itself."),
    "cannot_be_found_out": _("An operator did not say whether it has booked its part. We ask it in person."),
    "not_offered": _("An operator does not sell a part of this journey."),
    "operator_unavailable": _("An operator cannot be reached at the moment."),
    "nothing_to_sell": _("No ticket of this journey can be bought here."),
    "mixed_currencies": _("The parts of this journey are sold in different currencies and cannot be paid at once."),
    "offer_expired": _("This offer is no longer valid."),
    "declined": _("The payment did not go through."),
    "hold_rejected": _("A part of this journey could not be reserved."),
    "confirm_rejected": _("An operator did not confirm its part of the journey."),
    "payment_abandoned": _("The payment was not finished in time."),
    "given_up": _("You chose not to book."),
    "consent_refused": _("You did not accept the new price."),
    "hold_refused": _("A part of this journey could not be reserved."),
    "confirm_refused": _("An operator did not confirm its part of the journey."),
    "too_many_orders": _("You have several bookings under way. Finish or drop one of them first."),
    "already_used": _("A ticket of this booking has been used, so it can no longer be cancelled."),
    "not_cancellable": _("This booking can no longer be cancelled."),
    "fee_changed": _("The cancellation fee has changed. Please look at it again."),
    "way_not_allowed": _("This journey cannot be paid in this way. Please choose another one."),
    "too_late": _("It took too long to reach every operator."),
}
_OTHER = _("The booking could not be completed.")

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


def reason(code: str) -> str:
    """Why something was not booked, in one sentence."""
    return str(_REASONS.get(code, _OTHER))


def stages(state: str) -> list[Stage]:
    """The stages of an order in `state`."""
    current = next((i for i, (_label, states) in enumerate(_STAGES) if state in states), len(_STAGES))
    when = ["done" if i < current else "now" if i == current else "later" for i in range(len(_STAGES))]
    return [Stage(str(label), each) for (label, _states), each in zip(_STAGES, when, strict=True)]
