"""`expand[]`: replacing the id of a related object by the object, up to four levels deep."""

from __future__ import annotations

import copy
from typing import Any

from maas.sandbox.stripe.errors import invalid
from maas.sandbox.stripe.store import Json, Store

_KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "pm": "payment_method",
    "cus": "customer",
    "seti": "setup_intent",
    "tr": "transfer",
    "trr": "transfer_reversal",
    "txn": "balance_transaction",
    "dp": "dispute",
    "po": "payout",
}
_DEEPEST = 4


def expand(store: Store, answer: Json, paths: list[str]) -> Json:
    """A copy of `answer` with the named fields expanded. Raises ApiError for fields that cannot be."""
    answer = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise invalid("You cannot expand more than 4 levels of a property.", None, "expand")
        _walk(store, answer, steps, path)
    return answer


def _walk(store: Store, place: Any, steps: list[str], path: str) -> None:
    if isinstance(place, list):
        for item in place:
            _walk(store, item, steps, path)
        return
    head, *rest = steps
    if not isinstance(place, dict) or head not in place:
        raise invalid(f"This property cannot be expanded ({path}).", None, "expand")
    found = place[head]
    if isinstance(found, str):
        kind = _KINDS.get(found.partition("_")[0])
        if kind is None:
            raise invalid(f"This property cannot be expanded ({path}).", None, "expand")
        found = place[head] = copy.deepcopy(store.get(kind, found))
    if rest and found is not None:
        _walk(store, found, rest, path)
