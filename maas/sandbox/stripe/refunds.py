"""Refunds: money going back, at most what was captured."""

from __future__ import annotations

from maas.sandbox.stripe import balance
from maas.sandbox.stripe.errors import ApiError, invalid, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
SETTLES_AFTER_S = 3600  # when a pending refund succeeds and a doomed one fails


def create(store: Store, params: Params) -> Json:
    """POST /v1/refunds of a payment intent or a charge, in part or whole."""
    intent, charge = params.text("payment_intent"), params.text("charge")
    amount, reason = params.amount("amount"), params.choice("reason", REASONS)
    metadata = params.group("metadata")
    params.finish()
    target = _charge(store, intent, charge)
    left = target["amount_captured"] - target["amount_refunded"]
    if target["captured"] and left == 0:
        raise refused(f"Charge {target['id']} has already been refunded.", "charge_already_refunded")
    if not target["captured"]:
        raise _nothing_taken()
    if target["disputed"] and not _refundable(store, target["id"]):
        raise refused(f"Charge {target['id']} has been charged back; cannot issue a refund.", "charge_disputed")
    wanted = left if amount is None else amount
    if wanted > left:
        raise refused(f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})", param="amount")
    return _refund(store, target, wanted, reason, metadata)


def _refundable(store: Store, charge: str) -> bool:
    rows = [row for row in store.tables["dispute"].values() if row["charge"] == charge]
    return all(row["is_charge_refundable"] for row in rows)


def _charge(store: Store, intent: str | None, charge: str | None) -> Json:
    if charge is not None:
        return store.get("charge", charge, "charge", 400)
    if intent is None:
        raise invalid("One of the following params should be provided: payment_intent or charge.", "parameter_missing")
    latest = store.get("payment_intent", intent, "payment_intent", 400)["latest_charge"]
    if latest is None:
        raise _nothing_taken()
    return store.get("charge", latest)


def _nothing_taken() -> ApiError:
    message = "This PaymentIntent does not have a successful charge to refund."
    return refused(message, "payment_intent_unexpected_state")


def _refund(store: Store, charge: Json, amount: int, reason: str | None, metadata: Json) -> Json:
    fate = store.cards[charge["payment_method"]].refund
    refund = {
        "id": store.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if fate == "pend" else "succeeded",
        "transfer_reversal": None,
    }
    refund["balance_transaction"] = balance.enter(store, "refund", -amount, store.add(refund))["id"]
    _count(charge, amount)
    charge["refunds"]["data"].insert(0, refund)
    store.emit("refund.created", refund)
    store.emit("charge.refunded", charge)
    if fate != "succeed":
        store.later(store.now + SETTLES_AFTER_S, lambda: _settle(store, charge, refund, failed=fate == "fail"))
    return refund


def _count(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]


def _settle(store: Store, charge: Json, refund: Json, *, failed: bool) -> None:
    refund["status"] = "failed" if failed else "succeeded"
    if failed:
        back = balance.enter(store, "refund_failure", refund["amount"], refund)
        refund |= {"failure_reason": "lost_or_stolen_card", "failure_balance_transaction": back["id"]}
        _count(charge, -refund["amount"])
        store.emit("refund.failed", refund)
    store.emit("refund.updated", refund)


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/refunds/{id}."""
    params.finish()
    return store.get("refund", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/refunds?payment_intent=…&charge=…"""
    intent, charge = params.text("payment_intent"), params.text("charge")
    return store.page(
        "refund",
        params,
        "/v1/refunds",
        lambda row: intent in (None, row["payment_intent"]) and charge in (None, row["charge"]),
    )
