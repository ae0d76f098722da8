"""The accounts of the ledger by name. Debit is positive, credit negative."""

from __future__ import annotations

PSP_CLEARING = "psp_clearing"
"""What the payment providers hold for us: equals their balance to the cent."""
RIDER_RECEIVABLE = "rider_receivable"
"""What residents owe for rides that could not be captured."""
RIDER_REFUND_PAYABLE = "rider_refund_payable"
"""What we owe residents until a refund has arrived."""
BANK = "bank"
"""Our own account at a bank: what was paid out to operators is noted here by staff."""
PLATFORM_FEE = "platform_fee"
"""What we have earned, without tax."""
PLATFORM_VAT = "platform_vat"
"""The value-added tax that we owe on it."""
PLATFORM_LOSS = "platform_loss"
"""What nobody but we can carry, such as an operator's fee for a part that another operator made useless."""


def operator_payable(operator_code: str) -> str:
    """What we owe an operator."""
    return f"operator_payable:{operator_code}"


def region_subsidy(payer: str) -> str:
    """What a named payer (region, employer) owes for residents."""
    return f"region_subsidy:{payer}"
