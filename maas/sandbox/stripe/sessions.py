"""Checkout sessions: a hosted page on which a rider pays once, or saves a card for later."""

from __future__ import annotations

from maas.sandbox.stripe import intents, methods, setups
from maas.sandbox.stripe.cards import Card
from maas.sandbox.stripe.errors import invalid, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

SHORTEST_S, LONGEST_S = 30 * 60, 24 * 3600
_NONE = [
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "custom_text",
    "customer_account",
    "customer_details",
    "discounts",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
]


def create(store: Store, params: Params) -> Json:
    """POST /v1/checkout/sessions with mode=payment or setup, and the hosted page."""
    if params.choice("mode", {"payment", "setup"}, "payment") == "setup":
        return _create_setup(store, params)
    lines = [_line(store, row) for row in params.rows("line_items")]
    terms = _terms(store, params)
    data = params.inner("payment_intent_data")
    params.finish()
    if not lines:
        raise invalid("Missing required param: line_items.", "parameter_missing", "line_items")
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must have the same currency.", None, "line_items")
    total, currency = sum(line["amount_total"] for line in lines), lines[0]["currency"]
    template = intents.blank(store, total, currency)
    intents.describe(store, template, data)
    data.finish()
    template["customer"] = terms["customer"]
    session = _blank(store) | {"amount_subtotal": total, "amount_total": total, "currency": currency} | terms
    store.tables["lines"][session["id"]] = {"data": lines, "intent": template}
    store.later(session["expires_at"], lambda: _close(store, session))
    return store.add(session)


def _create_setup(store: Store, params: Params) -> Json:
    terms, data = _terms(store, params), params.inner("setup_intent_data")
    metadata, description = data.group("metadata"), data.text("description")
    data.finish()
    currency = params.text("currency")
    params.finish()
    nothing = dict.fromkeys(("amount_subtotal", "amount_total")) | {"payment_status": "no_payment_required"}
    session = _blank(store) | {"mode": "setup", "currency": currency} | nothing | terms
    store.tables["lines"][session["id"]] = {"data": [], "setup": {"metadata": metadata, "description": description}}
    store.later(session["expires_at"], lambda: _close(store, session))
    return store.add(session)


def save(store: Store, session: Json, card: Card) -> Json:
    """The rider pressed Save: set the card up and return the setup intent. Raises ApiError `card_error`."""
    if session["setup_intent"] is None:
        asked = store.tables["lines"][session["id"]]["setup"]
        setup = setups.blank(store, session["customer"], "off_session", asked["metadata"], asked["description"])
        session["setup_intent"] = setup["id"]
        store.session_of[setup["id"]] = session["id"]
        store.emit("setup_intent.created", store.add(setup))
    setup = store.get("setup_intent", session["setup_intent"])
    setup["payment_method"] = methods.of_card(store, card)["id"]
    setups.attempt(store, setup, f"{store.public_url}/c/pay/{session['id']}")
    complete(store, session)
    return setup


def _terms(store: Store, params: Params) -> Json:
    terms: Json = {
        name: params.text(name)
        for name in ("client_reference_id", "customer", "customer_email", "locale", "cancel_url")
    }
    terms |= {
        "customer_creation": params.choice("customer_creation", {"always", "if_required"}),
        "expires_at": params.integer("expires_at") or store.now + LONGEST_S,
        "metadata": params.group("metadata"),
        "payment_method_types": params.texts("payment_method_types") or ["card"],
        "submit_type": params.choice("submit_type", {"auto", "book", "donate", "pay"}),
        "success_url": params.must("success_url"),
        "ui_mode": params.choice("ui_mode", {"hosted", "hosted_page"}, "hosted_page"),
    }
    if not SHORTEST_S - 60 <= terms["expires_at"] - store.now <= LONGEST_S + 60:
        raise invalid("`expires_at` must be between 30 minutes and 24 hours from now.", None, "expires_at")
    if terms["customer"] is not None:
        store.get("customer", terms["customer"], "customer", 400)
    return terms


def _blank(store: Store) -> Json:
    identity = store.new_id("cs_test", 58)
    return dict.fromkeys(_NONE) | {
        "id": identity,
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": store.now,
        "custom_fields": [],
        "livemode": False,
        "managed_payments": {"enabled": False},
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{store.public_url}/c/pay/{identity}",
    }


def _line(store: Store, row: Params) -> Json:
    price = row.inner("price_data")
    currency, unit = price.must("currency").lower(), price.amount("unit_amount", minimum=0)
    product = price.inner("product_data")
    name = product.must("name")
    product.text("description")
    product.group("metadata")
    product.finish()
    price.finish()
    quantity = row.amount("quantity") or 1
    row.finish()
    if unit is None:
        raise invalid("Missing required param: unit_amount.", "parameter_missing", "unit_amount")
    return {
        "id": store.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": unit * quantity,
        "amount_tax": 0,
        "amount_total": unit * quantity,
        "currency": currency,
        "description": name,
        "quantity": quantity,
    }


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/checkout/sessions/{id}."""
    params.finish()
    session = store.get("checkout.session", wanted)
    _mark_paid(store, session)
    return session


def listing(store: Store, params: Params) -> Json:
    """GET /v1/checkout/sessions?payment_intent=…&status=…"""
    intent, status = params.text("payment_intent"), params.choice("status", {"open", "complete", "expired"})
    for session in store.tables["checkout.session"].values():
        _mark_paid(store, session)
    return store.page(
        "checkout.session",
        params,
        "/v1/checkout/sessions",
        lambda row: intent in (None, row["payment_intent"]) and status in (None, row["status"]),
    )


def line_items(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items."""
    params.integer("limit")
    params.finish()
    store.get("checkout.session", wanted)
    rows = store.tables["lines"][wanted]["data"]
    return {"object": "list", "url": f"/v1/checkout/sessions/{wanted}/line_items", "has_more": False, "data": rows}


def expire(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/checkout/sessions/{id}/expire; only an open session can be."""
    params.finish()
    session = store.get("checkout.session", wanted)
    if session["status"] != "open":
        raise refused(f"Only Checkout Sessions with a status of open can be expired, not {session['status']}.")
    _close(store, session)
    return session


def _close(store: Store, session: Json) -> None:
    if session["status"] != "open":
        return
    session |= {"status": "expired", "url": None}
    if session["payment_intent"] is not None:
        intents.abandon(store, store.get("payment_intent", session["payment_intent"]))
    store.emit("checkout.session.expired", session)


def pay(store: Store, session: Json, card: Card) -> Json:
    """The rider pressed Pay: try the card and return the payment intent. Raises ApiError `card_error`."""
    if session["payment_intent"] is None:
        intent = store.add(store.tables["lines"][session["id"]]["intent"])
        intent["created"] = store.now
        session["payment_intent"] = intent["id"]
        store.session_of[intent["id"]] = session["id"]
        store.emit("payment_intent.created", intent)
    intent = store.get("payment_intent", session["payment_intent"])
    method = methods.of_card(store, card)
    method["customer"] = session["customer"] if intent["setup_future_usage"] else None
    intent["payment_method"] = method["id"]
    intents.attempt(store, intent, return_url=f"{store.public_url}/c/pay/{session['id']}")
    complete(store, session)
    return intent


def complete(store: Store, session: Json) -> None:
    """Close an open session whose payment has been authorised or taken, or whose card has been saved."""
    if session["mode"] == "setup":
        intent = store.get("setup_intent", session["setup_intent"])
    else:
        intent = store.get("payment_intent", session["payment_intent"])
    if session["status"] == "open" and intent["status"] in ("requires_capture", "succeeded"):
        session |= {"status": "complete", "url": None}
        _mark_paid(store, session)
        store.emit("checkout.session.completed", session)


def _mark_paid(store: Store, session: Json) -> None:
    if session["mode"] == "setup":
        return
    # Money that is only authorised leaves a session unpaid; capturing it makes the session paid.
    intent = store.tables["payment_intent"].get(session["payment_intent"])
    session["payment_status"] = "paid" if intent is not None and intent["status"] == "succeeded" else "unpaid"
