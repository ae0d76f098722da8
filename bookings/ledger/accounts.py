"""The accounts of the ledger by name. Debit is positive, credit negative."""

from __future__ import annotations

PSP_CLEARING = "psp_clearing"
"""What the payment providers hold for us: equals their balance to the cent."""
RIDER_RECEIVABLE = "rider_receivable"
"""What residents owe for rides that could not be captured."""
RIDER_REFUND_PAYABLE = "rider_refund_payable"
"""What we owe residents until a refund has arrived."""
DESK_CASH = "desk_cash"
"""Cash that staff have taken at desks, less what they have handed out."""
BANK = "bank"
"""Our own account at a bank, as staff note it: what came in for invoices, less what went to residents and operators."""
PLATFORM_FEE = "platform_fee"
"""What we have earned, without tax."""
PLATFORM_VAT = "platform_vat"
"""The value-added tax that we owe on it."""
PAYMENT_COSTS = "payment_costs"
"""What payment providers charge us for their work."""
DISPUTED = "disputed"
"""What banks have taken back while it is not decided who bears it."""
PLATFORM_LOSS = "platform_loss"
"""What nobody but we can carry, such as an operator's fee for a part that another operator made useless."""


def operator_payable(operator_code: str) -> str:
    """What we owe an operator."""
    return f"operator_payable:{operator_code}"


def operator_withheld(operator_code: str) -> str:
    """What we owe an operator and do not pay while a bank disputes the payment."""
    return f"operator_withheld:{operator_code}"


def region_subsidy(payer: str) -> str:
    """What a named payer (region, employer) owes for residents."""
    return f"region_subsidy:{payer}"


def clearing(provider: str) -> str:
    """What a provider has taken for us and not given back: where its world and ours meet."""
    return PSP_CLEARING if provider == "stripe" else f"{provider}_clearing"


def rider_credit(wallet: str) -> str:
    """What we owe a resident: the balance of a wallet is the credit here."""
    return f"rider_credit:{wallet}"


def invoice_receivable(billing_account: str) -> str:
    """What somebody owes us who pays by invoice."""
    return f"invoice_receivable:{billing_account}"


def provider_receivable(provider: str) -> str:
    """What a third-party provider owes for what it has sold of hosted operators."""
    return f"provider_receivable:{provider}"


def cash_due(operator_code: str) -> str:
    """What residents still have to pay to an operator's drivers."""
    return f"cash_due:{operator_code}"
