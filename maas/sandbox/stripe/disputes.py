"""Disputes: a cardholder's bank takes the money back. They are opened and decided by levers, never by calls."""

from __future__ import annotations

from maas.sandbox.stripe import balance
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

FEE = 1500
"""What a dispute costs, in minor units: it is not given back when the dispute is won."""
DUE_AFTER_S = 7 * 24 * 3600
_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
)


def open_one(store: Store, intent: str, amount: int | None = None, *, inquiry: bool = False) -> Json:
    """The bank disputes a payment, in whole or part; an inquiry takes no money yet."""
    charge = store.get("charge", store.get("payment_intent", intent)["latest_charge"])
    dispute: Json = {
        "id": store.new_id("dp"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"] if amount is None else amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": store.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": store.now + DUE_AFTER_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent,
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    charge["disputed"] = True
    store.emit("charge.dispute.created", store.add(dispute))
    if not inquiry:
        _move(store, dispute, -dispute["amount"], FEE)
        store.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def decide(store: Store, wanted: str, outcome: str) -> Json:
    """The bank decides: `won` brings the money back, `lost` does not; an inquiry is closed."""
    dispute = store.get("dispute", wanted)
    taken = -sum(row["amount"] for row in dispute["balance_transactions"])
    dispute["status"] = outcome if taken else "warning_closed"
    if outcome == "won" and taken:
        _move(store, dispute, taken, 0)
        store.emit("charge.dispute.funds_reinstated", dispute)
    store.emit("charge.dispute.closed", dispute)
    return dispute


def _move(store: Store, dispute: Json, amount: int, fee: int) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    row = balance.enter(store, "adjustment", amount, dispute, fee=fee, category=category)
    dispute["balance_transactions"].append(row)


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/disputes/{id}."""
    params.finish()
    return store.get("dispute", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/disputes?payment_intent=…&charge=…"""
    intent, charge = params.text("payment_intent"), params.text("charge")
    return store.page(
        "dispute",
        params,
        "/v1/disputes",
        lambda row: intent in (None, row["payment_intent"]) and charge in (None, row["charge"]),
    )
