"""The table of the API: method and path → what answers it."""

from __future__ import annotations

import re
from collections.abc import Callable

from maas.sandbox.stripe import (
    accounts,
    balance,
    charges,
    customers,
    disputes,
    events,
    intents,
    methods,
    refunds,
    sessions,
    setups,
    transfers,
)
from maas.sandbox.stripe.errors import ApiError
from maas.sandbox.stripe.store import Json

_TABLE: dict[tuple[str, str], Callable[..., Json]] = {
    ("POST", "/v1/payment_intents"): intents.create,
    ("GET", "/v1/payment_intents"): intents.listing,
    ("GET", "/v1/payment_intents/*"): intents.retrieve,
    ("POST", "/v1/payment_intents/*/confirm"): intents.confirm,
    ("POST", "/v1/payment_intents/*/capture"): intents.capture,
    ("POST", "/v1/payment_intents/*/cancel"): intents.cancel,
    ("GET", "/v1/charges"): charges.listing,
    ("GET", "/v1/charges/*"): charges.retrieve,
    ("POST", "/v1/refunds"): refunds.create,
    ("GET", "/v1/refunds"): refunds.listing,
    ("GET", "/v1/refunds/*"): refunds.retrieve,
    ("POST", "/v1/checkout/sessions"): sessions.create,
    ("GET", "/v1/checkout/sessions"): sessions.listing,
    ("GET", "/v1/checkout/sessions/*"): sessions.retrieve,
    ("GET", "/v1/checkout/sessions/*/line_items"): sessions.line_items,
    ("POST", "/v1/checkout/sessions/*/expire"): sessions.expire,
    ("POST", "/v1/setup_intents"): setups.create,
    ("GET", "/v1/setup_intents/*"): setups.retrieve,
    ("POST", "/v1/setup_intents/*/confirm"): setups.confirm,
    ("POST", "/v1/setup_intents/*/cancel"): setups.cancel,
    ("POST", "/v1/payment_methods"): methods.create,
    ("GET", "/v1/payment_methods"): methods.listing,
    ("GET", "/v1/payment_methods/*"): methods.retrieve,
    ("POST", "/v1/payment_methods/*/attach"): methods.attach,
    ("POST", "/v1/payment_methods/*/detach"): methods.detach,
    ("POST", "/v1/customers"): customers.create,
    ("GET", "/v1/customers/*"): customers.retrieve,
    ("POST", "/v1/accounts"): accounts.create,
    ("GET", "/v1/accounts"): accounts.listing,
    ("GET", "/v1/accounts/*"): accounts.retrieve,
    ("POST", "/v1/account_links"): accounts.open_link,
    ("POST", "/v1/transfers"): transfers.create,
    ("GET", "/v1/transfers"): transfers.listing,
    ("GET", "/v1/transfers/*"): transfers.retrieve,
    ("POST", "/v1/transfers/*/reversals"): transfers.reverse,
    ("GET", "/v1/transfers/*/reversals"): transfers.reversals,
    ("GET", "/v1/disputes"): disputes.listing,
    ("GET", "/v1/disputes/*"): disputes.retrieve,
    ("GET", "/v1/events"): events.listing,
    ("GET", "/v1/events/*"): events.retrieve,
    ("GET", "/v1/balance"): balance.retrieve,
    ("GET", "/v1/balance_transactions"): balance.listing,
    ("GET", "/v1/balance_transactions/*"): balance.retrieve_transaction,
}

_ROUTES = [(method, re.compile(path.replace("*", "([^/]+)")), action) for (method, path), action in _TABLE.items()]


def find_route(method: str, path: str) -> tuple[Callable[..., Json], tuple[str, ...]]:
    """What answers a call, and the ids in its path. Raises ApiError 404."""
    for wanted, pattern, action in _ROUTES:
        if wanted == method and (match := pattern.fullmatch(path)):
            return action, match.groups()
    raise ApiError(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).", stored=False)
