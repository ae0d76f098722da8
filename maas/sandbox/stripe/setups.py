"""Setup intents: saving a card for later, with the rider's confirmation where the bank wants it."""

from __future__ import annotations

from maas.sandbox.stripe import methods
from maas.sandbox.stripe.errors import ApiError, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store


def blank(store: Store, customer: str | None, usage: str, metadata: Json, description: str | None) -> Json:
    """A new setup intent without a card."""
    identity = store.new_id("seti")
    setup: Json = dict.fromkeys(
        [
            "application",
            "cancellation_reason",
            "excluded_payment_method_types",
            "flow_directions",
            "last_setup_error",
            "latest_attempt",
            "mandate",
            "next_action",
            "on_behalf_of",
            "payment_method",
            "payment_method_configuration_details",
            "single_use_mandate",
        ]
    )
    setup |= {
        "id": identity,
        "object": "setup_intent",
        "automatic_payment_methods": None,
        "client_secret": f"{identity}_secret_{store.new_id('')[1:]}",
        "created": store.now,
        "customer": customer,
        "description": description,
        "livemode": False,
        "metadata": metadata,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": usage,
    }
    return setup


def create(store: Store, params: Params) -> Json:
    """POST /v1/setup_intents, with or without `confirm`."""
    customer, method = params.text("customer"), params.text("payment_method")
    usage = params.choice("usage", {"on_session", "off_session"}, "off_session")
    metadata, confirmed, return_url = params.group("metadata"), params.flag("confirm"), params.text("return_url")
    description, automatic = params.text("description"), params.group("automatic_payment_methods")
    types = params.texts("payment_method_types") or ["card"]
    params.finish()
    if customer is not None:
        store.get("customer", customer, "customer", 400)
    setup = blank(store, customer, usage or "off_session", metadata, description)
    setup |= {
        "automatic_payment_methods": {"enabled": automatic.get("enabled") == "true"} if automatic else None,
        "payment_method_types": types,
    }
    if method is not None:
        setup |= {"payment_method": methods.resolve(store, method)["id"], "status": "requires_confirmation"}
    store.emit("setup_intent.created", store.add(setup))
    if confirmed:
        attempt(store, setup, return_url)
    return setup


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/setup_intents/{id}."""
    params.text("client_secret")
    params.finish()
    return store.get("setup_intent", wanted)


def confirm(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/setup_intents/{id}/confirm."""
    setup = store.get("setup_intent", wanted)
    method, return_url = params.text("payment_method"), params.text("return_url")
    params.finish()
    if setup["status"] in ("succeeded", "canceled"):
        raise refused("This SetupIntent can no longer be confirmed.", "setup_intent_unexpected_state")
    if method is not None:
        setup["payment_method"] = methods.resolve(store, method)["id"]
    attempt(store, setup, return_url)
    return setup


def cancel(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/setup_intents/{id}/cancel."""
    setup = store.get("setup_intent", wanted)
    setup["cancellation_reason"] = params.text("cancellation_reason")
    params.finish()
    if setup["status"] in ("succeeded", "canceled"):
        raise refused("This SetupIntent can no longer be canceled.", "setup_intent_unexpected_state")
    setup |= {"status": "canceled", "next_action": None}
    store.emit("setup_intent.canceled", setup)
    return setup


def attempt(store: Store, setup: Json, return_url: str | None) -> None:
    """Try to save the setup's card. Raises ApiError `card_error` when the bank says no."""
    if setup["payment_method"] is None:
        raise refused("This SetupIntent is missing a payment method.", "setup_intent_unexpected_state")
    card = store.cards[setup["payment_method"]]
    if card.outcome == "decline":
        setup |= {"status": "requires_payment_method", "payment_method": None}
        store.emit("setup_intent.setup_failed", setup)
        fields: Json = {"decline_code": card.decline_code, "setup_intent": dict(setup)}
        raise ApiError(402, "card_error", card.message, card.code, **fields)
    if card.outcome == "approve":
        _succeed(store, setup)
        return
    page = f"{store.public_url}/authenticate/{setup['id']}"
    setup["status"] = "requires_action"
    if return_url is None:
        setup["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": page}}
    else:
        setup["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": page, "return_url": return_url}}
        store.return_urls[setup["id"]] = return_url
    store.emit("setup_intent.requires_action", setup)


def authenticate(store: Store, setup: Json, approved: bool) -> None:
    """The rider's answer on the 3-D Secure page; does nothing when nobody asked."""
    if setup["status"] != "requires_action":
        return
    setup["next_action"] = None
    if approved:
        _succeed(store, setup)
        return
    setup |= {"status": "requires_payment_method", "payment_method": None}
    store.emit("setup_intent.setup_failed", setup)


def _succeed(store: Store, setup: Json) -> None:
    setup |= {"status": "succeeded", "mandate": store.new_id("mandate")}
    store.authenticated.add(setup["payment_method"])
    if setup["customer"] is not None:
        store.get("payment_method", setup["payment_method"])["customer"] = setup["customer"]
    store.emit("setup_intent.succeeded", setup)
