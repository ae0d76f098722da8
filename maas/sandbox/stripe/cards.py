"""Test cards: what each number or ready-made payment method does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A test card. `outcome` is approve, decline, confirm_once (3-D Secure until set up) or confirm_always.

    `refund` is what becomes of money sent back to it: succeed, pend (succeeds later) or fail (fails later).
    """

    number: str
    brand: str = "visa"
    outcome: str = "approve"
    code: str | None = None
    decline_code: str | None = None
    message: str = "Your card was declined."
    refund: str = "succeed"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


_DECLINED = "card_declined"

TOKENS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242"),
    "pm_card_mastercard": Card("5555555555554444", "mastercard"),
    "pm_card_jcb": Card("3566002020360505", "jcb"),
    "pm_card_visa_chargeDeclined": Card(
        "4000000000000002", outcome="decline", code=_DECLINED, decline_code="generic_decline"
    ),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card(
        "4000000000009995",
        outcome="decline",
        code=_DECLINED,
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    "pm_card_chargeDeclinedExpiredCard": Card(
        "4000000000000069",
        outcome="decline",
        code="expired_card",
        decline_code="expired_card",
        message="Your card has expired.",
    ),
    "pm_card_authenticationRequiredOnSetup": Card("4000002500003155", outcome="confirm_once"),
    "pm_card_authenticationRequired": Card("4000002760003184", outcome="confirm_always"),
    "pm_card_threeDSecure2Required": Card("4000000000003220", outcome="confirm_always"),
    "pm_card_pendingRefund": Card("4000000000007726", refund="pend"),
    "pm_card_refundFail": Card("4000000000005126", refund="fail"),
}

BY_NUMBER = {card.number: card for card in TOKENS.values()}

# The three choices on the hosted payment page.
CHOICES = {
    "works": TOKENS["pm_card_visa"],
    "declined": TOKENS["pm_card_visa_chargeDeclined"],
    "confirm": TOKENS["pm_card_threeDSecure2Required"],
}
