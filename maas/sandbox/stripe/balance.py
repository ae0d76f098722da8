"""The balance: what was captured, less what was refunded, transferred or disputed. Only disputes cost a fee."""

from __future__ import annotations

from collections import defaultdict

from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store


def sums(store: Store) -> dict[str, int]:
    """What is left of everything that came in, in minor units by currency."""
    result: dict[str, int] = defaultdict(int)
    for charge in store.tables["charge"].values():
        result[charge["currency"]] += charge["amount_captured"] - charge["amount_refunded"]
    for transfer in store.tables["transfer"].values():
        result[transfer["currency"]] -= transfer["amount"] - transfer["amount_reversed"]
    for dispute in store.tables["dispute"].values():
        result[dispute["currency"]] += sum(row["net"] for row in dispute["balance_transactions"])
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
