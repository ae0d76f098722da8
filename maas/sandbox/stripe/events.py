"""Events: what happened, kept for who missed the webhook."""

from __future__ import annotations

from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/events/{id}."""
    params.finish()
    return store.get("event", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/events?type=…&types[]=…"""
    kinds = {kind for kind in (params.text("type"), *params.texts("types")) if kind}
    return store.page("event", params, "/v1/events", lambda row: not kinds or row["type"] in kinds)
