"""Payment methods: cards that were typed in or saved."""

from __future__ import annotations

from maas.sandbox.stripe.cards import BY_NUMBER, TOKENS, Card
from maas.sandbox.stripe.errors import ApiError, invalid, missing, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
BILLING: Json = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
CHECKS: Json = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}


def of_card(store: Store, card: Card) -> Json:
    """A new payment method for a test card."""
    details: Json = {
        "brand": card.brand,
        "checks": dict(CHECKS),
        "country": "FI",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2039,
        "fingerprint": f"twin{card.last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
        "regulated_status": "unregulated",
    }
    method: Json = {
        "id": store.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": dict(BILLING),
        "card": details,
        "created": store.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    store.cards[method["id"]] = card
    return store.add(method)


def resolve(store: Store, wanted: str) -> Json:
    """The payment method named in a parameter; ready-made test names make a new one. Raises ApiError."""
    if wanted in TOKENS:
        return of_card(store, TOKENS[wanted])
    found = store.tables["payment_method"].get(wanted)
    if found is None:
        raise missing("PaymentMethod", wanted, "payment_method", 400)
    return found


def create(store: Store, params: Params) -> Json:
    """POST /v1/payment_methods: a card by its number."""
    params.choice("type", {"card"}, "card")
    card = params.inner("card")
    number = card.must("number")
    for name in ("exp_month", "exp_year", "cvc"):
        card.text(name)
    card.finish()
    metadata, billing = params.group("metadata"), params.group("billing_details")
    params.finish()
    known = BY_NUMBER.get(number)
    if known is None:
        raise ApiError(402, "card_error", "Your card number is incorrect.", "incorrect_number", param="number")
    method = of_card(store, known)
    method["metadata"] = metadata
    method["billing_details"] |= billing
    return method


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/payment_methods/{id}."""
    params.finish()
    return store.get("payment_method", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/payment_methods?customer=…&type=card, and the customer's own list."""
    customer = params.must("customer")
    params.choice("type", {"card"})
    return store.page("payment_method", params, "/v1/payment_methods", lambda row: row["customer"] == customer)


def attach(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/payment_methods/{id}/attach."""
    customer = store.get("customer", params.must("customer"), "customer", 400)
    params.finish()
    method = resolve(store, wanted)
    if method["customer"] not in (None, customer["id"]):
        raise refused("The payment method is already attached to another customer.", param="payment_method")
    method["customer"] = customer["id"]
    store.emit("payment_method.attached", method)
    return method


def detach(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/payment_methods/{id}/detach."""
    params.finish()
    method = store.get("payment_method", wanted)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    store.emit("payment_method.detached", method)
    return method
