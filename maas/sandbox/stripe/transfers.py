"""Transfers to connected accounts, and their reversals."""

from __future__ import annotations

from maas.sandbox.stripe import balance
from maas.sandbox.stripe.errors import invalid, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store


def create(store: Store, params: Params) -> Json:
    """POST /v1/transfers: out of the balance, or out of one charge, never more than that holds."""
    amount, currency, destination = params.amount("amount"), params.must("currency").lower(), params.must("destination")
    source, group = params.text("source_transaction"), params.text("transfer_group")
    metadata, description = params.group("metadata"), params.text("description")
    params.choice("source_type", {"bank_account", "card", "fpx"})
    params.finish()
    account = store.tables["account"].get(destination)
    if account is None:
        raise invalid(f"No such destination: '{destination}'", "resource_missing", "destination")
    if account["capabilities"].get("transfers") != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers",
            "insufficient_capabilities_for_transfer",
        )
    if source is not None:
        charge = store.get("charge", source, "charge", 400)
        left = charge["amount_captured"] - sum(row["amount"] for row in _of_charge(store, source))
        amount = left if amount is None else amount
        if amount > left:
            raise refused(f"Transfers using this transaction as a source must not exceed the source amount of {left}.")
        group = group or charge["transfer_group"] or f"group_{charge['payment_intent']}"
    if amount is None:
        raise invalid("Missing required param: amount.", "parameter_missing", "amount")
    # Out of a charge it succeeds in any case, and moves once the charge's own money has come.
    if source is None and amount > balance.sums(store).get(currency, 0):
        raise refused("You have insufficient available funds in your Stripe account.", "balance_insufficient")
    identity = store.new_id("tr")
    transfer = {
        "id": identity,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": store.now,
        "currency": currency,
        "description": description,
        "destination": destination,
        "destination_payment": store.new_id("py"),
        "livemode": False,
        "metadata": metadata,
        "reversals": {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{identity}/reversals"},
        "reversed": False,
        "source_transaction": source,
        "source_type": "card",
        "transfer_group": group,
    }
    transfer["balance_transaction"] = balance.enter(store, "transfer", -amount, store.add(transfer))["id"]
    store.emit("transfer.created", transfer)
    return transfer


def _of_charge(store: Store, charge: str) -> list[Json]:
    return [row for row in store.tables["transfer"].values() if row["source_transaction"] == charge]


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/transfers/{id}."""
    params.finish()
    return store.get("transfer", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/transfers?transfer_group=…&destination=…"""
    group, destination = params.text("transfer_group"), params.text("destination")
    return store.page(
        "transfer",
        params,
        "/v1/transfers",
        lambda row: group in (None, row["transfer_group"]) and destination in (None, row["destination"]),
    )


def reverse(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/transfers/{id}/reversals: in part or whole, at most what was transferred."""
    transfer = store.get("transfer", wanted)
    amount, metadata = params.amount("amount"), params.group("metadata")
    params.text("description")
    params.flag("refund_application_fee")
    params.finish()
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = left if amount is None else amount
    if amount > left or not left:
        raise refused(f"Reversal amount ({amount}) is greater than unreversed amount of the transfer ({left}).")
    reversal = {
        "id": store.new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": store.now,
        "currency": transfer["currency"],
        "destination_payment_refund": store.new_id("pyr"),
        "metadata": metadata,
        "source_refund": None,
        "transfer": transfer["id"],
    }
    reversal["balance_transaction"] = balance.enter(store, "transfer_refund", amount, reversal)["id"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, store.add(reversal))
    store.emit("transfer.reversed", transfer)
    return reversal


def reversals(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/transfers/{id}/reversals."""
    store.get("transfer", wanted)
    url = f"/v1/transfers/{wanted}/reversals"
    return store.page("transfer_reversal", params, url, lambda row: row["transfer"] == wanted)
