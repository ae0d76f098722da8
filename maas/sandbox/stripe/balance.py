"""The balance and its transactions: what was captured, less what was refunded, transferred or disputed, and fees."""

from __future__ import annotations

from collections import defaultdict

from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

_CATEGORIES = {"payout": "payout", "transfer_refund": "transfer_reversal", "refund_failure": "refund_failure"}


def enter(store: Store, kind: str, amount: int, source: Json, *, fee: int = 0, category: str = "") -> Json:
    """Move the balance by `amount` less `fee`; the balance transaction, which is never changed again."""
    costs = [{"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}]
    return store.add(
        {
            "id": store.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": store.now,
            "balance_type": "payments",
            "created": store.now,
            "currency": source["currency"],
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [{**row, "description": "Stripe processing fees"} for row in costs if fee],
            "net": amount - fee,
            "reporting_category": category or _CATEGORIES.get(kind, kind),
            "source": source["id"],
            "status": "available",
            "type": kind,
        }
    )


def pay_out(store: Store, amount: int, currency: str) -> Json:
    """What Stripe sends to our own bank account: a lever, as real payouts happen by a schedule."""
    payout = {
        "id": store.new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": store.now,
        "automatic": True,
        "balance_transaction": None,
        "created": store.now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": store.new_id("ba"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid",
        "trace_id": None,
        "type": "bank_account",
    }
    payout["balance_transaction"] = enter(store, "payout", -amount, store.add(payout))["id"]
    store.emit("payout.paid", payout)
    return payout


def retrieve_transaction(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/balance_transactions/{id}."""
    params.finish()
    return store.get("balance_transaction", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/balance_transactions?type=…&source=…&currency=…"""
    kind, source, currency = params.text("type"), params.text("source"), params.text("currency")
    return store.page(
        "balance_transaction",
        params,
        "/v1/balance_transactions",
        lambda row: (
            kind in (None, row["type"]) and source in (None, row["source"]) and currency in (None, row["currency"])
        ),
    )


def sums(store: Store) -> dict[str, int]:
    """What is left of everything that came in, in minor units by currency."""
    result: dict[str, int] = defaultdict(int)
    for charge in store.tables["charge"].values():
        result[charge["currency"]] += 0  # a balance is kept in every currency that was ever charged
    for row in store.tables["balance_transaction"].values():
        result[row["currency"]] += row["net"]
    return dict(result)


def retrieve(store: Store, params: Params) -> Json:
    """GET /v1/balance."""
    params.finish()
    rows = sums(store) or {"eur": 0}

    def listed(amounts: dict[str, int]) -> list[Json]:
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sorted(amounts.items())
        ]

    nothing = dict.fromkeys(rows, 0)
    return {
        "object": "balance",
        "available": listed(rows),
        "connect_reserved": [{"amount": 0, "currency": currency} for currency in sorted(rows)],
        "livemode": False,
        "pending": listed(nothing),
    }
