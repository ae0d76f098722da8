"""The outside world as a process of its own: operators that sell by TOMP, and a payment provider, on one port.

`python -m bars.outside PORT WEBHOOK_URL DELAY_MS FAULTS SEED name=feed.zip …`: every call is answered after DELAY_MS;
of those to operators and to the payment provider, a share of FAULTS goes wrong in a way drawn from SEED.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from bars import hours  # before all that looks at the clock

# ruff: isort: split
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from bookings.payments.stripe.webhooks import EVENTS
from maas.sandbox import stripe, tomp

__all__ = ["hours"]
LATE_S = 5.0
"""How late a call arrives that is under way for long; far less than the workers of the bars wait for it."""
AT_OPERATORS: tuple[dict[str, Any], ...] = (
    {"kind": "error_before"},
    {"kind": "error_after"},
    {"kind": "lost_before"},
    {"kind": "lost"},
    {"kind": "late", "delay_s": LATE_S},
    {"kind": "reject"},
)
AT_STRIPE: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 500, "after_effect": True},
    {"lost": True},
    {"lost": True, "after_effect": True},
    {"late_s": LATE_S},
)


class Unreliable:
    """Calls take time, and some of them go wrong."""

    def __init__(self, app: ASGIApp, operators: list[tomp.Twin], payments: Any, delay_s: float, share: float) -> None:
        self._app, self._operators, self._payments = app, operators, payments
        self._delay_s, self._share = delay_s, share
        self._draw = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and "/_twin/" not in path and "/c/pay/" not in path and "/token" not in path:
            if self._draw.random() < self._share:
                self._spoil(scope["method"], path)
            await asyncio.sleep(self._delay_s)
        await self._app(scope, receive, send)

    def _spoil(self, method: str, path: str) -> None:
        """The next call to whom this one is to, which is nearly always this one, goes wrong."""
        if path.startswith("/stripe/"):
            self._payments.faults.add(method=method, path=path.removeprefix("/stripe"), **self._draw.choice(AT_STRIPE))
            return
        # What is only searched for is not part of the transaction.
        if "search-offers" not in path:
            twin = next(each for each in self._operators if path.startswith(f"/{each.settings.operator}/"))
            fault = dict(self._draw.choice(AT_OPERATORS))
            if fault["kind"] == "reject" and method == "GET":
                fault = {"kind": "error_before"}
            twin.faults.add({**fault, "method": method, "path": path.removeprefix(f"/{twin.settings.operator}")})


def create_app(port: int, webhook_url: str, delay_s: float, faults: float, feeds: dict[str, Path]) -> ASGIApp:
    """Stripe under `/stripe`, each operator under its name."""
    address = f"http://127.0.0.1:{port}"
    payments = stripe.create_app(webhook_url=webhook_url, public_url=f"{address}/stripe")
    payments.state.twin.webhooks.enabled = EVENTS
    twins = [
        tomp.Twin(
            tomp.Timetable.of_gtfs(path.read_bytes()),
            tomp.Settings(
                operator=name,
                prefix=name,
                seed=name,
                seats=100_000,
                base_url=f"{address}/{name}",
            ),
        )
        for name, path in feeds.items()
    ]
    operators = [Mount(f"/{twin.settings.operator}", tomp.create_app(twin)) for twin in twins]
    app = Starlette(routes=[Mount("/stripe", payments), *operators])
    return Unreliable(app, twins, payments.state.twin, delay_s, faults)


def main() -> None:
    """Serves until it is stopped."""
    port, webhook_url, delay_ms, faults, _, *feeds = sys.argv[1:]
    named = {name: Path(path) for name, _, path in (each.partition("=") for each in feeds)}
    app = create_app(int(port), webhook_url, float(delay_ms) / 1000, float(faults), named)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="critical", access_log=False, backlog=2048)


if __name__ == "__main__":
    main()
