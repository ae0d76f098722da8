"""Payment intents: create, confirm, authenticate, capture, cancel, and the expiry of authorisations."""

from __future__ import annotations

from maas.sandbox.stripe import charges, methods
from maas.sandbox.stripe.cards import Card
from maas.sandbox.stripe.errors import ApiError, invalid, refused
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

CANCELLABLE = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer", "abandoned"}
AUTHENTICATION_FAILED = "The provided PaymentMethod has failed authentication. Try another payment method."
# The smallest charges Stripe accepts, in minor units.
MINIMUM = {"eur": 50, "usd": 50, "jpy": 50, "gbp": 30, "sek": 300, "nok": 300, "dkk": 250, "chf": 50}


def blank(store: Store, amount: int, currency: str) -> Json:
    """A new intent without a payment method. Raises ApiError `amount_too_small`."""
    if amount < MINIMUM.get(currency, 1):
        raise invalid("The amount is below the smallest charge in this currency.", "amount_too_small", "amount")
    identity = store.new_id("pi")
    return {
        "id": identity,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{identity}_secret_{store.new_id('')[1:]}",
        "confirmation_method": "automatic",
        "created": store.now,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def describe(store: Store, intent: Json, params: Params) -> None:
    """Fill in what an intent may carry, from its own parameters or from a session's `payment_intent_data`."""
    intent["capture_method"] = params.choice(
        "capture_method", {"automatic", "automatic_async", "manual"}, intent["capture_method"]
    )
    intent["metadata"] = params.group("metadata")
    intent["shipping"] = params.group("shipping") or None
    intent["setup_future_usage"] = params.choice("setup_future_usage", {"on_session", "off_session"})
    for name in ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"):
        intent[name] = params.text(name)
    intent["transfer_group"] = params.text("transfer_group")


def create(store: Store, params: Params) -> Json:
    """POST /v1/payment_intents, with or without `confirm`."""
    amount, currency = params.amount("amount"), params.must("currency").lower()
    if amount is None:
        raise invalid("Missing required param: amount.", "parameter_missing", "amount")
    intent = blank(store, amount, currency)
    describe(store, intent, params)
    customer, method = params.text("customer"), params.text("payment_method")
    automatic = params.group("automatic_payment_methods")
    confirmed, off_session = params.flag("confirm"), params.flag("off_session")
    return_url = params.text("return_url")
    intent["payment_method_types"] = params.texts("payment_method_types") or ["card"]
    params.choice("confirmation_method", {"automatic", "manual"})
    params.finish()
    if (off_session or return_url) and not confirmed:
        raise invalid("This parameter is only allowed together with confirm=true.", None, "off_session")
    if confirmed and method is None:
        raise invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
    if customer is not None:
        intent["customer"] = store.get("customer", customer, "customer", 400)["id"]
    intent["automatic_payment_methods"] = {"enabled": automatic.get("enabled") == "true"} if automatic else None
    if method is not None:
        intent |= {"payment_method": methods.resolve(store, method)["id"], "status": "requires_confirmation"}
    store.emit("payment_intent.created", store.add(intent))
    if confirmed:
        attempt(store, intent, off_session=off_session, return_url=return_url)
    return intent


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/payment_intents/{id}."""
    params.text("client_secret")
    params.finish()
    return store.get("payment_intent", wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/payment_intents?customer=…"""
    customer = params.text("customer")
    return store.page("payment_intent", params, "/v1/payment_intents", lambda row: customer in (None, row["customer"]))


def confirm(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/payment_intents/{id}/confirm."""
    intent = store.get("payment_intent", wanted)
    method, off_session = params.text("payment_method"), params.flag("off_session")
    return_url, usage = params.text("return_url"), params.choice("setup_future_usage", {"on_session", "off_session"})
    params.finish()
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise _unexpected(intent, "confirm")
    if method is not None:
        intent["payment_method"] = methods.resolve(store, method)["id"]
    if intent["payment_method"] is None:
        raise _unexpected(intent, "confirm")
    intent["setup_future_usage"] = usage or intent["setup_future_usage"]
    attempt(store, intent, off_session=off_session, return_url=return_url)
    return intent


def attempt(store: Store, intent: Json, *, off_session: bool = False, return_url: str | None = None) -> None:
    """Try the intent's payment method. Raises ApiError `card_error` when the bank says no."""
    method = store.get("payment_method", intent["payment_method"])
    card = store.cards[method["id"]]
    intent |= {"last_payment_error": None, "next_action": None}
    if card.outcome == "decline":
        raise _decline(store, intent, method, card)
    needs_rider = card.outcome == "confirm_always" or (
        card.outcome == "confirm_once" and method["id"] not in store.authenticated
    )
    if not needs_rider:
        authorise(store, intent, method)
    elif off_session:
        raise _decline(store, intent, method, _AUTHENTICATION_REQUIRED)
    else:
        _ask_rider(store, intent, return_url)


_AUTHENTICATION_REQUIRED = Card(
    "", code="authentication_required", decline_code="authentication_required", message="Authentication is required."
)


def _ask_rider(store: Store, intent: Json, return_url: str | None) -> None:
    page = f"{store.public_url}/authenticate/{intent['id']}"
    intent["status"] = "requires_action"
    if return_url is None:
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": page}}
    else:
        intent["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": page, "return_url": return_url},
        }
        store.return_urls[intent["id"]] = return_url
    store.emit("payment_intent.requires_action", intent)


def authenticate(store: Store, intent: Json, approved: bool) -> None:
    """The rider's answer on the 3-D Secure page; does nothing when nobody asked."""
    if intent["status"] != "requires_action":
        return
    method = store.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if approved:
        authorise(store, intent, method)
        return
    problem = {
        "code": "payment_intent_authentication_failure",
        "message": AUTHENTICATION_FAILED,
        "payment_method": dict(method),
        "type": "invalid_request_error",
    }
    intent |= {"last_payment_error": problem, "payment_method": None, "status": "requires_payment_method"}
    store.emit("payment_intent.payment_failed", intent)


def authorise(store: Store, intent: Json, method: Json) -> None:
    """The bank says yes: hold the money (manual capture) or take it."""
    charge = charges.of_intent(store, intent, method, failed=False)
    if intent["setup_future_usage"]:
        store.authenticated.add(method["id"])
    intent |= {"latest_charge": charge["id"], "amount_capturable": intent["amount"]}
    if intent["capture_method"] == "manual":
        intent["status"] = "requires_capture"
        store.emit("charge.succeeded", charge)
        store.emit("payment_intent.amount_capturable_updated", intent)
        store.later(store.now + charges.AUTHORISATION_S, lambda: _expire(store, intent, charge))
        return
    store.emit("charge.succeeded", charge)
    _take(store, intent, charge, intent["amount"])


def _take(store: Store, intent: Json, charge: Json, amount: int) -> None:
    charges.capture(store, charge, amount)
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    store.emit("payment_intent.succeeded", intent)


def _expire(store: Store, intent: Json, charge: Json) -> None:
    if intent["status"] == "requires_capture":
        store.emit("charge.expired", charge)
        _close(store, intent, "automatic")


def _decline(store: Store, intent: Json, method: Json, card: Card) -> ApiError:
    charge = charges.of_intent(store, intent, method, failed=True)
    charge |= {"failure_code": card.code, "failure_message": card.message}
    problem = {
        "charge": charge["id"],
        "code": card.code,
        "decline_code": card.decline_code,
        "message": card.message,
        "payment_method": dict(method),
        "type": "card_error",
    }
    intent |= {
        "last_payment_error": problem,
        "latest_charge": charge["id"],
        "payment_method": None,
        "status": "requires_payment_method",
    }
    store.emit("charge.failed", charge)
    store.emit("payment_intent.payment_failed", intent)
    return ApiError(
        402,
        "card_error",
        card.message,
        card.code,
        charge=charge["id"],
        decline_code=card.decline_code,
        payment_intent=dict(intent),
        payment_method=dict(method),
    )


def _unexpected(intent: Json, verb: str) -> ApiError:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return refused(message, "payment_intent_unexpected_state", payment_intent=dict(intent))


def capture(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/payment_intents/{id}/capture: once, at most what was authorised; the rest is let go."""
    intent = store.get("payment_intent", wanted)
    amount = params.amount("amount_to_capture")
    params.flag("final_capture", True)
    metadata = params.group("metadata")
    params.finish()
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "capture")
    if amount is not None and amount > intent["amount_capturable"]:
        raise refused(
            "The amount to capture is greater than the amount that is capturable for this PaymentIntent.",
            "amount_too_large",
            param="amount_to_capture",
            payment_intent=dict(intent),
        )
    intent["metadata"] |= metadata
    charge = store.get("charge", intent["latest_charge"])
    _take(store, intent, charge, intent["amount_capturable"] if amount is None else amount)
    return intent


def cancel(store: Store, params: Params, wanted: str) -> Json:
    """POST /v1/payment_intents/{id}/cancel; lets an authorisation go."""
    intent = store.get("payment_intent", wanted)
    reason = params.choice("cancellation_reason", REASONS)
    params.finish()
    if intent["status"] not in CANCELLABLE:
        raise _unexpected(intent, "cancel")
    session = store.tables["checkout.session"].get(store.session_of.get(wanted, ""))
    if session is not None and session["status"] == "open":
        raise refused("You cannot cancel the PaymentIntent of an open Checkout Session: expire the session instead.")
    _close(store, intent, reason)
    return intent


def abandon(store: Store, intent: Json) -> None:
    """Cancel an intent whose checkout session ended before it was paid."""
    if intent["status"] in CANCELLABLE:
        _close(store, intent, "abandoned")


def _close(store: Store, intent: Json, reason: str | None) -> None:
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": store.now,
        "cancellation_reason": reason,
        "next_action": None,
    }
    store.emit("payment_intent.canceled", intent)
