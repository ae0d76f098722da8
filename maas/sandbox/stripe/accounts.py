"""Connected accounts: opened by a platform, filled in by their owners on the hosted page, checked by Stripe."""

from __future__ import annotations

import copy
from typing import Final

from maas.sandbox.stripe.errors import ApiError, invalid
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.store import Json, Store

LINK_LASTS_S: Final = 300
CHECKED_AFTER_S: Final = 60
"""How long the twin checks what an owner has given, where it does not believe it at once."""
_UNFILLED: Final = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
_DOCUMENT: Final = ["company.verification.document"]
_SETTINGS: Final[Json] = {
    "bacs_debit_payments": {"display_name": None, "service_user_number": None},
    "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
    "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
    "card_payments": {
        "decline_on": {"avs_failure": False, "cvc_failure": False},
        "statement_descriptor_prefix": None,
        "statement_descriptor_prefix_kana": None,
        "statement_descriptor_prefix_kanji": None,
    },
    "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
    "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
    "payments": dict.fromkeys(
        f"statement_descriptor{each}" for each in ("", "_kana", "_kanji", "_prefix_kana", "_prefix_kanji")
    ),
    "payouts": {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 7, "interval": "daily"},
        "statement_descriptor": None,
    },
    "sepa_debit_payments": {},
}
_PROFILE: Final = (
    "annual_revenue", "estimated_worker_count", "mcc", "name", "product_description", "support_address",
    "support_email", "support_phone", "support_url", "url", "minority_owned_business_designation",
)  # fmt: skip


def create(store: Store, params: Params) -> Json:
    """POST /v1/accounts: of the Express kind, which the owner fills in on the hosted page."""
    controller = _controller(params)
    country, email = params.text("country") or "US", params.text("email")
    profile, metadata = params.inner("business_profile"), params.group("metadata")
    name, url = profile.text("name"), profile.text("url")
    profile.finish()
    wanted = params.inner("capabilities")
    asked = [each for each in ("card_payments", "transfers") if wanted.inner(each).flag("requested")]
    wanted.finish()
    params.finish()
    account = _account(store, store.new_id("acct", 16), asked)
    account |= {"controller": controller, "country": country, "email": email, "metadata": metadata}
    account["business_profile"] |= {"name": name, "url": url}
    return store.add(account)


def _controller(params: Params) -> Json:
    group = params.inner("controller")
    fees = group.inner("fees").choice("payer", {"account", "application"}, "account")
    losses = group.inner("losses").choice("payments", {"application", "stripe"}, "stripe")
    collects = group.choice("requirement_collection", {"application", "stripe"}, "stripe")
    board = group.inner("stripe_dashboard").choice("type", {"express", "full", "none"}, "full")
    group.finish()
    if losses == "application" and fees != "application":
        raise invalid("controller[losses][payments]=application requires controller[fees][payer]=application.")
    if board == "express" and losses != "application":
        raise invalid("controller[stripe_dashboard][type]=express requires controller[losses][payments]=application.")
    return {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": "application_express" if board == "express" else fees},
        "losses": {"payments": losses},
        "requirement_collection": collects,
        "stripe_dashboard": {"type": board},
    }


def _account(store: Store, identity: str, capabilities: list[str]) -> Json:
    asked = dict.fromkeys(("current_deadline", "disabled_reason"))
    lists = ("alternatives", "currently_due", "errors", "eventually_due", "past_due", "pending_verification")
    nothing: Json = asked | {name: [] for name in lists}
    return {
        "id": identity,
        "object": "account",
        "business_profile": dict.fromkeys(_PROFILE),
        "business_type": None,
        "capabilities": dict.fromkeys(capabilities, "inactive"),
        "charges_enabled": False,
        "controller": {"type": "application", "stripe_dashboard": {"type": "express"}},
        "country": "FI",
        "created": store.now,
        "default_currency": "eur",
        "details_submitted": False,
        "email": None,
        "external_accounts": {
            "object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{identity}/external_accounts"
        },
        "future_requirements": copy.deepcopy(nothing),
        "metadata": {},
        "payouts_enabled": False,
        "requirements": copy.deepcopy(nothing) | _due(_UNFILLED, "requirements.past_due"),
        "settings": copy.deepcopy(_SETTINGS),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "express",
    }  # fmt: skip


def _due(fields: list[str], reason: str | None, deadline: int | None = None) -> Json:
    due = {"currently_due": list(fields), "eventually_due": list(fields), "pending_verification": []}
    past = [] if deadline else list(fields)
    return due | {"past_due": past, "disabled_reason": reason, "current_deadline": deadline}


def find(store: Store, wanted: str) -> Json:
    """An account that we may touch. Raises ApiError 403 for all others, whether they exist or not."""
    account: Json | None = store.tables["account"].get(wanted)
    if account is None:
        raise ApiError(
            403,
            "invalid_request_error",
            f"The provided key does not have access to account '{wanted}' (or that account does not exist). "
            "Application access may have been revoked.",
            "account_invalid",
            stored=False,
        )
    return account


def retrieve(store: Store, params: Params, wanted: str) -> Json:
    """GET /v1/accounts/{id}."""
    params.finish()
    return find(store, wanted)


def listing(store: Store, params: Params) -> Json:
    """GET /v1/accounts."""
    return store.page("account", params, "/v1/accounts", lambda row: True)


def open_link(store: Store, params: Params) -> Json:
    """POST /v1/account_links: the address of the hosted page, for one visit within some minutes."""
    wanted, kind = params.must("account"), params.choice("type", {"account_onboarding", "account_update"})
    refresh, back = params.must("refresh_url"), params.must("return_url")
    params.finish()
    account = find(store, wanted)
    if kind != "account_onboarding":
        raise invalid("You cannot create `account_update` type Account Links for this account.", None, "type")
    token = store.new_id("link", 12).removeprefix("link_")
    expires = store.now + LINK_LASTS_S
    store.account_links[token] = {
        "account": account["id"], "refresh_url": refresh, "return_url": back, "expires_at": expires, "visited": False
    }  # fmt: skip
    url = f"{store.public_url}/setup/e/{account['id']}/{token}"
    return {"object": "account_link", "created": store.now, "expires_at": expires, "url": url}


def fill_in(store: Store, account: Json, answer: str) -> None:
    """What the owner gave on the hosted page: `complete`, `checked` later, or `missing` a document."""
    account["details_submitted"] = True
    account["tos_acceptance"]["date"] = store.now
    if answer == "complete":
        become(store, account, "enabled")
    elif answer == "checked":
        become(store, account, "checked")
        store.later(store.now + CHECKED_AFTER_S, lambda: _end_checks(store, account))
    else:
        become(store, account, "restricted")


def _end_checks(store: Store, account: Json) -> None:
    if account["requirements"]["pending_verification"] and account["id"] in store.tables["account"]:
        become(store, account, "enabled")


def become(store: Store, account: Json, state: str) -> None:
    """The outcome of Stripe's checks: enabled, asked (by a deadline), checked, restricted, rejected or gone."""
    if state == "gone":
        del store.tables["account"][account["id"]]
        application = {"id": "ca_twin", "object": "application", "name": "The platform"}
        store.emit("account.application.deauthorized", application, account["id"])
        return
    works = state in {"enabled", "asked"}
    status = "active" if works else "pending" if state == "checked" else "inactive"
    account["capabilities"] = dict.fromkeys(account["capabilities"], status)
    account["details_submitted"], account["payouts_enabled"] = True, works
    account["charges_enabled"] = account["capabilities"].get("card_payments") == "active"
    account["requirements"] |= {
        "enabled": _due([], None),
        "asked": _due(_DOCUMENT, None, store.now + 14 * 24 * 3600),
        "checked": _due([], "requirements.pending_verification") | {"pending_verification": _DOCUMENT},
        "restricted": _due(_DOCUMENT, "requirements.past_due"),
        "rejected": _due([], "rejected.other"),
    }[state]
    store.emit("account.updated", account, account["id"])


def steer(store: Store, wanted: str, state: str) -> Json:
    """A lever: one that has long been there, under any name, or a new outcome of the checks."""
    account = store.tables["account"].get(wanted) or store.add(_account(store, wanted, ["transfers"]))
    become(store, account, state)
    return account
