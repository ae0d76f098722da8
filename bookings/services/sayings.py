"""What people are told about orders and cases, by the codes of reasons, happenings, cases and ways to help."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from bookings.services.cases import Happening
from transit.money import Money

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
    "no_right": _(
        "The right to ride as one of this group, or for this purpose, is not noted for this person, or has ended."
    ),
    "nothing_to_sell": _("No ticket of this journey can be bought here."),
    "mixed_currencies": _("The parts of this journey are sold in different currencies and cannot be paid at once."),
    "offer_expired": _("This offer is no longer valid."),
    "subsidy_changed": _("The subsidy of this ride has changed meanwhile. Search again to see the price of now."),
    "declined": _("The payment did not go through."),
    "hold_rejected": _("A part of this journey could not be reserved."),
    "confirm_rejected": _("An operator did not confirm its part of the journey."),
    "payment_abandoned": _("The payment was not finished in time."),
    "given_up": _("You chose not to book."),
    "consent_refused": _("You did not accept the new price."),
    "hold_refused": _("A part of this journey could not be reserved."),
    "confirm_refused": _("An operator did not confirm its part of the journey."),
    "too_many_orders": _("You have several bookings under way. Finish or drop one of them first."),
    "not_changeable": _("This booking can no longer be changed."),
    "replaced": _("You chose another journey instead."),
    "operator_cancelled": _("An operator has cancelled its part."),
    "not_disrupted": _("Nothing is known to stand in the way of this journey."),
    "no_journey": _("No journey was found."),
    "no_way_on": _("No other journey was found."),
    "already_used": _("A ticket of this booking has been used, so it can no longer be cancelled."),
    "not_cancellable": _("This booking can no longer be cancelled."),
    "fee_changed": _("The cancellation fee has changed. Please look at it again."),
    "way_not_allowed": _("This journey cannot be paid in this way. Please choose another one."),
    "limit_reached": _("That is more than may be spent for this person this month."),
    "too_late": _("It took too long to reach every operator."),
}
_CHANGED = {
    "cancelled": _("An operator has cancelled a ride of this journey."),
    "missed": _("On this journey a ride now leaves before you can be there."),
}
"""What became of rides since they were proposed; see `OfferError.reason`."""
_HAPPENINGS = {
    "ordered": _("You ordered this journey."),
    "completed": _("Everything was booked and your tickets were made."),
    "unwinding": _("The booking could not be completed, so everything was let go again."),
    "failed": _("Nothing was booked, and nothing was charged."),
    "cancelling": _("Giving back began."),
    "cancelled": _("The booking was cancelled."),
    "partly_cancelled": _("A part of the booking was cancelled. The rest stays booked."),
    "not_cancelled": _("An operator did not agree to cancel, so the booking stays as it was."),
    "manual": _("Something could not be finished by itself, so a person looks at it."),
    "settled": _("The operators have been paid. The booking is closed."),
    "amends": _("We did not keep a promise, so a part of the price is paid back to you."),
    "no_show": _("%(operator)s says that nobody came for its ride. If that is wrong, please tell us."),
    "called_off": _("%(operator)s has cancelled its part of the journey."),
    "booking_cancelled": _("%(operator)s has taken its part back."),
    "booking_rejected": _("%(operator)s did not accept its part."),
    "refund_succeeded": _("%(sum)s was paid back to you."),
    "refund_failed": _("%(sum)s could not be paid back in the way you paid."),
    "staff_retry": _("A person of ours had it tried again."),
    "staff_pay_back_otherwise": _("A person of ours paid you back by bank transfer."),
    "staff_note_paid": _("A person of ours noted that you have paid."),
    "staff_close": _("A person of ours looked at your question."),
    "staff_issue_tickets": _("A person of ours made your missing tickets."),
}
_CASES = {
    "help": _("You asked for help."),
    "dispute": _("Your bank has taken the payment back."),
    "refund_failed": _("Your money could not be paid back in the way you paid."),
    "capture_refused": _("Your journey is booked, but the payment could not be taken."),
    "capture_overdue": _("We do not know yet whether the payment was taken."),
    "audit_differs": _("An operator shows something else than what you booked."),
    "use_not_told": _("An operator has not told what your ride came to. You are not charged for it."),
    "use_not_captured": _("What your ride came to could not be charged."),
    "share_not_paid_back": _("A subsidy pays a part of your ride now, and your money could not be paid back."),
    "not_given_back": _("An operator did not take back a part that should have been given back."),
    "transfer_refused": _("An operator's share could not be passed on. Your tickets are valid."),
    "reversal_refused": _("An operator's share could not be taken back. Your refund is not affected."),
    "paid_no_ticket": _("This is paid, and a ticket is missing."),
    "by_staff": _("A person of ours looks at this booking."),
    "webhook_unmatched": _("The payment service told us of something that we do not know."),
    "ticket_not_paid": _("There are tickets, and the payment service has no payment for them."),
    "ghost_reservation": _("An operator keeps a booking for us that we do not want or do not know."),
    "reservation_missing": _("An operator does not have a booking that we have sold."),
    "operator_cancelled": _("An operator has cancelled a booking that we have sold."),
    "operator_price": _("An operator charges another price than we know."),
    "amount_differs": _("The payment service has taken another sum than we know."),
    "currency_differs": _("The same is counted in two currencies."),
    "capture_not_noted": _("The payment service has taken money that we have not noted."),
    "authorisation_open": _("The payment service still reserves money for a booking that is over."),
    "payment_unknown": _("The payment service has a payment that belongs to no booking."),
    "payment_missing": _("The payment service does not have a payment that we have noted."),
    "refund_unknown": _("The payment service has paid something back without our asking."),
    "refund_twice": _("The payment service has paid the same back twice."),
    "refund_differs": _("A refund stands otherwise at the payment service than with us."),
    "refund_missing": _("The payment service does not have a refund that we have noted."),
    "dispute_unknown": _("A bank has taken a payment back, and we had not noted it."),
    "transfer_differs": _("An operator's share stands otherwise at the payment service than with us."),
    "ledger_differs": _("Our books and the balance at the payment service differ for this booking."),
    "movement_unknown": _("The balance at the payment service has moved, and no booking explains why."),
}
_CASE = _("An operator or the payment service has not given a clear answer.")
_HELP = {
    "retry": _("We can have the operators and the payment service asked again."),
    "pay_back_otherwise": _("We can pay you back by bank transfer."),
    "note_paid": _("You can pay by bank transfer; then we make your tickets."),
    "close": _("We can look at it with you and answer you."),
    "issue_tickets": _("We can make your missing tickets."),
}
_OTHER = _("The booking could not be completed.")


def reason(code: str) -> str:
    """Why something was not booked, in one sentence."""
    return str(_REASONS.get(code, _OTHER))


def refusal(error: Any) -> str:
    """Why no offer is made or none is taken, in one sentence: an OfferError, or another error with a code."""
    return str(_CHANGED.get(getattr(error, "reason", ""), "")) or reason(error.code)


def happening(what: Happening) -> str:
    """Something that happened to an order, in one or two sentences."""
    amount = _written(what.amount) if what.amount else ""
    said = str(_HAPPENINGS[what.what]) % {"operator": ", ".join(what.about), "sum": amount}
    return f"{said} {_REASONS[what.why]}" if what.why in _REASONS else said


def _written(amount: Money) -> str:
    return format_currency(amount.decimal(), amount.currency, locale=to_locale(get_language() or "en"))


def case(kind: str) -> str:
    """What a case is about, in one sentence."""
    return str(_CASES.get(kind, _CASE))


def help_with(code: str) -> str:
    """What staff can do, as residents are told."""
    return str(_HELP[code])
