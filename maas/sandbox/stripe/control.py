"""The levers that Stripe does not have: faults, webhook order, the clock, and a look at the state."""

from __future__ import annotations

import json
from typing import Any, Protocol

from maas.sandbox.stripe.faults import Faults
from maas.sandbox.stripe.webhooks import Webhooks


class Levers(Protocol):
    """What of the twin can be steered."""

    faults: Faults
    webhooks: Webhooks

    def dispute(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Open a dispute of `payment_intent`, or give an open one, by its `id`, the `outcome` won or lost."""
        ...

    def steer_account(self, wanted: str, state: str) -> dict[str, Any]:
        """A connected account that exists, or has a new state."""
        ...

    def pay_out(self, amount: int, currency: str) -> dict[str, Any]:
        """Send a part of the balance to the bank."""
        ...

    def charge_fees(self, basis_points: int) -> None:
        """What processing a payment costs from now on."""

    def advance(self, seconds: float) -> None:
        """Move the clock."""

    def state(self) -> dict[str, Any]:
        """Everything an invariant may look at."""
        ...


def answer(twin: Levers, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """One call under `/_twin/`, JSON in and out.

    POST faults (fields of `faults.Fault`), DELETE faults, POST webhooks {paused, duplicate, reorder, flush},
    POST clock {advance_s}, POST disputes {payment_intent, amount, inquiry} or {id, outcome}, GET state,
    POST payouts {amount, currency}, POST fees {basis_points}, POST accounts {id, state} (see `accounts.become`).
    """
    match method, path.removeprefix("/_twin/"):
        case "POST", "faults":
            twin.faults.add(**json.loads(body))
        case "DELETE", "faults":
            twin.faults.clear()
        case "POST", "webhooks":
            _steer(twin.webhooks, json.loads(body))
        case "POST", "clock":
            twin.advance(float(json.loads(body)["advance_s"]))
        case "POST", "disputes":
            return 200, twin.dispute(json.loads(body))
        case "POST", "accounts":
            asked = json.loads(body)
            return 200, twin.steer_account(asked["id"], asked["state"])
        case "POST", "payouts":
            return 200, twin.pay_out(**json.loads(body))
        case "POST", "fees":
            twin.charge_fees(int(json.loads(body)["basis_points"]))
        case "GET", "state":
            return 200, twin.state()
        case _:
            return 404, {"error": "no such lever"}
    return 200, {}


def _steer(webhooks: Webhooks, wanted: dict[str, Any]) -> None:
    modes = {name: bool(wanted[name]) for name in ("paused", "duplicate", "reorder") if name in wanted}
    webhooks.configure(**modes)
    if wanted.get("flush"):
        webhooks.flush()
