"""A town in which tickets are sold: operators with and without a sales system of their own, a payment provider.

The outside parties are the sandbox's twins behind real sockets; the payment provider's messages come to a real server.
`work` does what a worker does at its sweeps; waiting moves the clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import time_machine
from django.test import Client

from bookings import tasks
from maas.sandbox.tomp import Settings, Timetable, Twin, create_app
from maas.sandbox.tomp1 import Twin1
from tests import factories, feeds
from tests.features import lines
from tests.features.town import Json, Town
from tests.servers import serve
from transit.models import Interface, Operator, Service
from transit.sealing import seal

ROUNDS = 120


@dataclass(kw_only=True)
class Market(Town):
    """Operators are named as their feeds are. `settings` are Django's, `stripe` is the payment provider's address."""

    settings: Any
    stripe: str
    clock: time_machine.Traveller
    doors: ExitStack
    remotes: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    def sells(self, name: str, sales: str = "hosted", **fields: Any) -> None:
        """How the rides of the feed `name` are sold."""
        title = f"{name.title()} Ltd"
        operator = Operator.objects.create(code=name, legal_name=title, country="FI")
        Service.objects.create(operator=operator, agency_id=f"{name}:ag", name=title, sales=sales, **fields)

    def sells_itself(self, name: str, text: str, version: str = "2.0", **habits: Any) -> None:
        """The operator of the feed `name` sells by TOMP, 2.0 or 1.6, at an address of its own."""
        packed = feeds.write_feed(self.folder / f"{name}-own.zip", text).read_bytes()
        twin = {"2.0": Twin, "1.6": Twin1}[version](
            Timetable.of_gtfs(packed), Settings(operator=name, prefix=name, seed=name, **habits)
        )
        url, _ = self.doors.enter_context(serve(lambda address: create_app(twin)))
        self.remotes[name] = url
        self.settings.ALLOWED_LOOPBACK_ORIGINS = [*self.remotes.values()]
        self.sells(name, "tomp")
        Interface.objects.create(
            operator=Operator.objects.get(code=name), name=f"{name}-sales", format=f"TOMP-{version}", url=url,
            client_id="maas", client_secret_sealed=seal("tomp-secret"), capability="B",
        )  # fmt: skip

    def connect(self, name: str) -> None:
        """An operator has long had an account at the payment provider, to which its shares may go."""
        self.steer_account(f"acct_{name}", "enabled")
        factories.payout_account(name)

    def steer_account(self, ref: str, state: str) -> None:
        """The payment provider sees an operator's account otherwise from now on."""
        sent = httpx.post(f"{self.stripe}/_twin/accounts", json={"id": ref, "state": state}, trust_env=False)
        assert sent.status_code == 200, sent.text

    def fault(self, name: str, **fields: Any) -> None:
        """The next call of a kind to an operator goes wrong."""
        assert httpx.post(f"{self.remotes[name]}/_twin/faults", json=fields, trust_env=False).status_code == 200

    def packages(self, name: str) -> list[str]:
        """What an operator that sells itself has in its books."""
        state = httpx.get(f"{self.remotes[name]}/_twin/state", trust_env=False).json()
        return [package["status"] for package in state["packages"]]

    def money(self) -> str:
        """What the payment provider has of the resident: `captured 7.70, authorised 0.00, refunded 0.00`."""
        state = httpx.get(f"{self.stripe}/_twin/state", trust_env=False).json()
        intents = state["payment_intent"]
        sums = {
            "captured": sum(each["amount_received"] for each in intents),
            "authorised": sum(each["amount"] for each in intents if each["status"] == "requires_capture"),
            "refunded": sum(each["amount"] for each in state["refund"]),
        }
        return ", ".join(f"{name} {minor / 100:.2f}" for name, minor in sums.items())

    def post(self, path: str, body: Json, status: int, who: Client | None = None, key: str = "") -> Json:
        """The answer of a POST to `/api/v1/<path>`."""
        headers = {"Idempotency-Key": key} if key else None
        sender = who or self.client
        answer = sender.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content
        found: Json = answer.json()
        return found

    def ask(self, origin: str, destination: str, at: str, *categories: str, status: int = 201, **more: Any) -> Json:
        """The offer for the first journey of a search."""
        (itinerary, *_) = self.plan(origin, destination, at, **more)
        travellers = [{"category": category} for category in categories or ("adult",)]
        return self.post("offers", {"token": itinerary["token"], "travellers": travellers}, status)

    def accept(self, offer: Json, **more: str) -> str:
        """The code of the order that accepts an offer."""
        self.keys += 1
        order = self.post("orders", {"offer": offer["code"], **more}, 201, key=f"key {self.keys}")
        return str(order["code"])

    def order(self, code: str) -> Json:
        """An order as its owner sees it."""
        return self.get(f"orders/{code}")

    def work(self, code: str, until: str = "") -> str:
        """Sweep and wait until an order is where it stays, or in the state `until`; the order as a line."""
        for _ in range(ROUNDS):
            tasks.sweep_orders()
            order = self.order(code)
            if order["status"]["state"] == until or order["status"]["is_final"]:
                return lines.order(order)
            time.sleep(0.01)  # for messages that are under way
            self.clock.shift(5)
        raise AssertionError(f"no end: {lines.order(order)}")

    def pay(self, code: str, card: str = "works") -> str:
        """Wait for the payment page and use a card there; where that leads, or the status of a page that refuses."""
        self.work(code, until="NEEDS_ACTION")
        return self.use(self.order(code)["status"]["action_url"], card)

    def use(self, page: str, card: str) -> str:
        """Use a card on a payment page that is known."""
        return self._press(page, card=card)

    def give(self, page: str, details: str) -> str:
        """Give an operator's details on the page of its account; where that leads."""
        return self._press(page, details=details)

    def approve(self, bank: str) -> str:
        """Tell the bank, at the path where it asks, that the payment is wanted."""
        return self._press(f"{self.stripe}{bank}", answer="approve")

    def _press(self, page: str, **fields: str) -> str:
        answer = httpx.post(page, data=fields, trust_env=False)
        return urlsplit(answer.headers["location"]).path if answer.status_code == 303 else f"{answer.status_code}"

    def now(self) -> float:
        """The time of the story, in seconds since 1970."""
        return time.time()

    def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        """Sweep until something holds that no order waits for; once more when it does."""
        for _ in range(ROUNDS):
            time.sleep(0.05)  # for messages that are under way
            tasks.sweep_orders()
            if until():
                break
            self.clock.shift(5)
            httpx.get(f"{self.stripe}/v1/balance", trust_env=False)  # any call lets the twin see the time
        tasks.sweep_orders()

    def buy(self, *journey: str, card: str = "works", **wishes: Any) -> str:
        """From a search to tickets; the order's code."""
        code = self.accept(self.ask(*journey, **wishes))
        self.pay(code, card)
        self.work(code)
        return code
