"""Charges: one attempt to take money for a payment intent."""

from __future__ import annotations

from maas.sandbox.stripe import balance
from maas.sandbox.stripe.cards import Card
from maas.sandbox.stripe.methods import BILLING, CHECKS
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

AUTHORISATION_S = 7 * 24 * 3600  # card not present, initiated by the customer: Stripe's default window


def _outcome(card: Card, failed: bool) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if failed else "approved_by_network",
        "reason": card.decline_code if failed else None,
        "risk_level": "normal",
        "seller_message": "The bank declined the payment." if failed else "Payment complete.",
        "type": "issuer_declined" if failed else "authorized",
    }


def _card_details(store: Store, card: Card, amount: int, manual: bool) -> Json:
    details: Json = {
        "amount_authorized": amount,
        "authorization_code": "123456",
        "brand": card.brand,
        "checks": dict(CHECKS),
        "country": "FI",
        "exp_month": 12,
        "exp_year": 2039,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": f"twin{card.last4}",
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": store.new_id("", 15).strip("_"),
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
    if manual:
        details["capture_before"] = store.now + AUTHORISATION_S
    return details


def of_intent(store: Store, intent: Json, method: Json, *, failed: bool) -> Json:
    """A new charge for an intent: authorised, or declined when `failed`."""
    card = store.cards[method["id"]]
    identity = store.new_id("ch")
    manual = intent["capture_method"] == "manual"
    details = _card_details(store, card, intent["amount"], manual and not failed)
    charge = {
        "id": identity,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": dict(BILLING),
        "calculated_statement_descriptor": "TWIN",
        "captured": False,
        "created": store.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": card.code if failed else None,
        "failure_message": card.message if failed else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome(card, failed),
        "paid": not failed,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": details, "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None if failed else f"{store.public_url}/receipts/{identity}",
        "refunded": False,
        "refunds": {"data": [], "has_more": False, "object": "list", "url": f"/v1/charges/{identity}/refunds"},
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "failed" if failed else "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    return store.add(charge)


def capture(store: Store, charge: Json, amount: int) -> None:
    """Take `amount` of what was authorised; the rest is let go."""
    entered = balance.enter(store, "charge", amount, charge, fee=store.fee_of(amount))
    charge |= {"captured": True, "amount_captured": amount, "balance_transaction": entered["id"]}
    charge["payment_method_details"]["card"].pop("capture_before", None)
    store.emit("charge.captured", charge)


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/charges/{id}."""
    params.finish()
    return store.get("charge", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/charges?payment_intent=…"""
    intent = params.text("payment_intent")
    return store.page("charge", params, "/v1/charges", lambda row: intent in (None, row["payment_intent"]))
