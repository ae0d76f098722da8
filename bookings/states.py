"""Every state machine of the app on one page."""

from __future__ import annotations

from transit.states import Machine

# The resident's transaction (design: hold all → authorise → confirm all → capture → ticket).
ORDER = Machine.of(
    "order",
    HOLDING="NEEDS_CONSENT AUTHORISING CONFIRMING UNWINDING",
    NEEDS_CONSENT="AUTHORISING CONFIRMING UNWINDING",
    AUTHORISING="NEEDS_ACTION CONFIRMING UNWINDING",
    NEEDS_ACTION="AUTHORISING CONFIRMING UNWINDING",
    CONFIRMING="AWAITING_OPERATOR CAPTURING COMPLETED UNWINDING MANUAL",
    AWAITING_OPERATOR="CONFIRMING CAPTURING COMPLETED UNWINDING MANUAL",
    CAPTURING="COMPLETED UNWINDING MANUAL",
    COMPLETED="CANCELLING SETTLED",
    UNWINDING="FAILED MANUAL",
    CANCELLING="CANCELLED COMPLETED MANUAL",
    CANCELLED="SETTLED",
    # A person has something tried again, or has settled it in another way.
    MANUAL="COMPLETED UNWINDING CAPTURING CANCELLING FAILED CANCELLED",
    SETTLED="",
    FAILED="",
)

ORDER_SELLING = (
    "HOLDING",
    "NEEDS_CONSENT",
    "AUTHORISING",
    "NEEDS_ACTION",
    "CONFIRMING",
    "AWAITING_OPERATOR",
    "CAPTURING",
)
"""An order on its way to be sold."""
ORDER_AT_REST = frozenset({"FAILED", "CANCELLED", "SETTLED", "MANUAL"})
"""Nothing is called for such an order any more; MANUAL waits for a person."""

# One operator's part of an order (TOMP 2.0: package), as far as we know it.
BOOKING = Machine.of(
    "booking",
    NEW="HELD REJECTED RELEASED",
    HELD="CONDITIONAL CONFIRMED REJECTED RELEASED EXPIRED",
    CONDITIONAL="CONFIRMED REJECTED RELEASED CANCELLED",
    CONFIRMED="CANCELLED RELEASED",
    REJECTED="RELEASED",
    EXPIRED="RELEASED",
    RELEASED="",
    CANCELLED="",
)

# A durable intent to call someone outside, written before the call.
EFFECT = Machine.of(
    "effect",
    PENDING="IN_FLIGHT DEAD",
    IN_FLIGHT="DONE REJECTED UNKNOWN PENDING DEAD",
    UNKNOWN="IN_FLIGHT DONE REJECTED DEAD",
    DONE="",
    # A person has it tried again.
    REJECTED="PENDING",
    DEAD="",
)

# The resident's payment at one provider.
PAYMENT = Machine.of(
    "payment",
    CREATED="REQUIRES_ACTION AUTHORISED CAPTURED FAILED VOIDED",
    REQUIRES_ACTION="AUTHORISED FAILED VOIDED",
    AUTHORISED="CAPTURED VOIDED FAILED",
    CAPTURED="PARTLY_REFUNDED REFUNDED",
    # A refund that the bank sends back leaves the money with us again.
    PARTLY_REFUNDED="PARTLY_REFUNDED REFUNDED CAPTURED",
    REFUNDED="PARTLY_REFUNDED CAPTURED",
    FAILED="VOIDED",
    VOIDED="",
)

REFUND = Machine.of(
    "refund",
    CREATED="PENDING SUCCEEDED FAILED",
    PENDING="SUCCEEDED FAILED",
    # A refund that the bank sends back days later is failed then.
    SUCCEEDED="FAILED",
    FAILED="",
)

DISPUTE = Machine.of("dispute", OPEN="WON LOST", WON="", LOST="")

# A card that a resident allows to be charged without being asked again.
SAVED_CARD = Machine.of("saved card", PENDING="ACTIVE FAILED", ACTIVE="REMOVED", FAILED="", REMOVED="")

# An operator's own account at the provider, as the provider has it. Who is no longer connected may open another one.
PAYOUT_ACCOUNT = Machine.of(
    "payout account",
    REQUESTED="ONBOARDING RESTRICTED ENABLED DISABLED",
    ONBOARDING="RESTRICTED ENABLED DISABLED",
    RESTRICTED="ENABLED DISABLED",
    ENABLED="RESTRICTED DISABLED",
    DISABLED="REQUESTED RESTRICTED ENABLED",
)

# An operator's share of a payment, moved on to its own account at the provider.
TRANSFER = Machine.of(
    "transfer",
    CREATED="MADE FAILED",
    MADE="PARTLY_REVERSED REVERSED",
    PARTLY_REVERSED="PARTLY_REVERSED REVERSED",
    REVERSED="",
    # The account could not receive, and can again.
    FAILED="CREATED",
)

# A payment at a provider in this house, and money that is still to come for it.
PLEDGE = Machine.of("pledge", HELD="CAPTURED VOIDED", CAPTURED="", VOIDED="")
BILL = Machine.of("bill", OPEN="PAID CANCELLED", PAID="", CANCELLED="")

# The operator's side of a sale at a hosted operator.
RESERVATION = Machine.of(
    "reservation",
    HELD="CONFIRMED RELEASED EXPIRED",
    CONFIRMED="CANCELLED",
    RELEASED="",
    EXPIRED="",
    CANCELLED="",
)

# A share of a ride's price that a named payer gives. WAITING: its budget was used up, and may become free again.
SUBSIDY = Machine.of(
    "subsidy",
    OFFERED="RESERVED WAITING",
    WAITING="RESERVED SETTLED RELEASED",
    RESERVED="SETTLED RELEASED",
    SETTLED="GIVEN_BACK",
    RELEASED="",
    GIVEN_BACK="",
)

# A third-party provider, as officers decide. A licence that is over by its date needs no move.
PROVIDER = Machine.of(
    "provider",
    APPLIED="LICENSED REFUSED",
    REFUSED="LICENSED",
    LICENSED="SUSPENDED ENDED",
    SUSPENDED="LICENSED ENDED",
    ENDED="",
)

# What a provider asks help for (TOMP supportTicketStatus).
SUPPORT = Machine.of(
    "support ticket",
    ISSUE_REQUESTED="ISSUE_OPEN ISSUE_UPDATE_REQUESTED ISSUE_RESOLVED ISSUE_REVOKED",
    ISSUE_OPEN="ISSUE_UPDATE_REQUESTED ISSUE_RESOLVED ISSUE_REVOKED",
    ISSUE_UPDATE_REQUESTED="ISSUE_OPEN ISSUE_RESOLVED ISSUE_REVOKED",
    ISSUE_RESOLVED="",
    ISSUE_REVOKED="",
)

# A loss that staff propose to take; another one of them decides.
WRITE_OFF = Machine.of("write-off", PROPOSED="APPROVED DECLINED", APPROVED="", DECLINED="")

TICKET = Machine.of("ticket", ISSUED="USED VOID", USED="", VOID="")

# An account that may order for somebody else: the other has to accept it, and either may end it.
DELEGATION = Machine.of("delegation", ASKED="ACTIVE ENDED", ACTIVE="ENDED", ENDED="")

# Rides that come again and again, and each day of them.
STANDING_ORDER = Machine.of("standing order", ACTIVE="PAUSED ENDED", PAUSED="ACTIVE ENDED", ENDED="")
OCCURRENCE = Machine.of(
    "occurrence",
    PLANNED="SKIPPED ORDERED FAILED",
    SKIPPED="PLANNED",
    # An order that is not sold leaves the day to be tried again, while there is time.
    ORDERED="BOOKED PLANNED SKIPPED FAILED",
    BOOKED="SKIPPED FAILED",
    FAILED="PLANNED SKIPPED",
)
