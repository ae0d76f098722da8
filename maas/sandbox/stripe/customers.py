"""Customers: who saved cards belong to."""

from __future__ import annotations

from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

_TEXTS = ("email", "name", "phone", "description")


def create(store: Store, params: Params) -> Json:
    """POST /v1/customers."""
    texts = {name: params.text(name) for name in _TEXTS}
    metadata, locales = params.group("metadata"), params.texts("preferred_locales")
    params.finish()
    customer = {
        "id": store.new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": store.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": store.new_id("", 8).strip("_").upper(),
        "invoice_settings": dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options")),
        "livemode": False,
        "metadata": metadata,
        "next_invoice_sequence": 1,
        "preferred_locales": locales,
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **texts,
    }
    store.emit("customer.created", store.add(customer))
    return customer


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/customers/{id}."""
    params.finish()
    return store.get("customer", wanted)
