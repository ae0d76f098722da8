"""The twin itself: one call in, one answer out, behind one lock, with no socket needed."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from maas.sandbox.stripe import accounts, balance, control, disputes, onboarding, pages
from maas.sandbox.stripe.errors import ApiError
from maas.sandbox.stripe.expansion import expand
from maas.sandbox.stripe.faults import Fault, Faults
from maas.sandbox.stripe.forms import decode
from maas.sandbox.stripe.idempotency import Idempotency
from maas.sandbox.stripe.params import Params
from maas.sandbox.stripe.routes import find_route
from maas.sandbox.stripe.store import Json, Store
from maas.sandbox.stripe.webhooks import Webhooks

API_VERSION = "2026-10-28.endive"
_PAGES = (
    ("/c/pay/", pages.checkout),
    ("/authenticate/", pages.authentication),
    ("/setup/e/", onboarding.setup),
)
_FAULT_KINDS = {429: ("invalid_request_error", "rate_limit"), 401: ("invalid_request_error", None)}


@dataclass(frozen=True, slots=True)
class Request:
    """A call: method, path without query, query, headers with lower-case names, raw body."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `lost` means that the caller must never see it: the connection breaks instead."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


_LOST = Answer(0, b"", {}, lost=True)


@dataclass(frozen=True, slots=True)
class Admission:
    """A call that was let in. It is answered at once, or executed after `delay_s`."""

    request: Request
    request_id: str
    fault: Fault | None = None
    key: str | None = None
    answer: Answer | None = None

    @property
    def delay_s(self) -> float:
        """How long the caller waits before the call is executed."""
        return self.fault.delay_s if self.fault is not None else 0.0


@dataclass
class CallRecord:
    """One line of the twin's log of API calls."""

    method: str
    path: str
    key: str | None
    status: int


class StripeTwin:
    """Stripe in memory. `handle` is the whole interface; `admit` and `perform` are its two halves."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        secret_key: str = "sk_test_twin",  # noqa: S107
        webhook_secret: str = "whsec_twin",  # noqa: S107
        webhook_url: str | None = None,
        public_url: str = "http://127.0.0.1:12111",
        seed: str | None = None,
    ) -> None:
        """`seed` fixes the ids; without one every twin has its own, as a database may outlive the twin."""
        self.lock = threading.RLock()
        self.store = Store(clock, seed or secrets.token_hex(8), public_url.rstrip("/"), API_VERSION)
        self.faults = Faults()
        self.webhooks = Webhooks(clock, webhook_secret, webhook_url)
        self.store.on_event = self.webhooks.add
        self.calls: list[CallRecord] = []
        self._secret_key = secret_key
        self._idempotency: Idempotency[Answer] = Idempotency()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", query: str = "") -> Answer:
        """Execute one call at once; delays are not waited for."""
        lowered = {name.lower(): value for name, value in headers.items()}
        return self.perform(self.admit(Request(method.upper(), path, query, lowered, body)))

    def admit(self, request: Request) -> Admission:
        """Check the key, the faults and the idempotency key; the call itself is executed by `perform`."""
        with self.lock:
            self.store.run_due()
            request_id = self.store.new_id("req", 14)
            if not request.path.startswith("/v1/"):
                return Admission(request, request_id)
            try:
                return self._admit(request, request_id)
            except ApiError as error:
                return Admission(request, request_id, answer=self._record(request, _failure(error, request_id)))

    def _admit(self, request: Request, request_id: str) -> Admission:
        fault = self.faults.take(request.method, request.path)
        if fault is not None and fault.lost and not fault.after_effect:
            return Admission(request, request_id, fault, answer=self._record(request, _LOST))
        self._check_key(request)
        if fault is not None and fault.status is not None and not fault.after_effect:
            raise _on_demand(fault.status)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            return Admission(request, request_id, fault)
        stored = self._idempotency.find(key, _fingerprint(request), self.store.now)
        if stored is None:
            return Admission(request, request_id, fault, key)
        replayed = {"Idempotent-Replayed": "true", "Original-Request": stored.headers["Request-Id"]}
        headers = {**stored.headers, **replayed, "Request-Id": request_id}
        lost = fault is not None and fault.lost
        return Admission(
            request, request_id, fault, answer=self._record(request, replace(stored, headers=headers, lost=lost))
        )

    def perform(self, admission: Admission) -> Answer:
        """Execute an admitted call and answer it."""
        if admission.answer is not None:
            return admission.answer
        request, fault = admission.request, admission.fault
        if request.path.startswith("/_twin/"):  # without the lock: a flushed webhook may call the twin back
            status, body = control.answer(self, request.method, request.path, request.body)
            return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with self.lock:
            if not request.path.startswith("/v1/"):
                return self._page(request)
            if fault is None or fault.late_s is None:
                return self._execute(admission)
            self.store.later(self.store.now + fault.late_s, partial(self._execute, admission))
            return self._record(request, _LOST)

    def _execute(self, admission: Admission) -> Answer:
        request, key, fault = admission.request, admission.key, admission.fault
        self.store.request_id, self.store.idempotency_key = admission.request_id, key
        stored = True
        try:
            answer = _success(self._call(request), admission.request_id)
            if fault is not None and fault.status is not None:
                answer = _failure(_on_demand(fault.status), admission.request_id)
        except ApiError as error:
            answer, stored = _failure(error, admission.request_id), error.stored
        finally:
            self.store.request_id = self.store.idempotency_key = None
        if key is not None and stored and answer.status != 429:
            self._idempotency.keep(key, answer)
        elif key is not None:
            self._idempotency.forget(key)
        return self._record(request, replace(answer, lost=fault is not None and fault.lost))

    def _call(self, request: Request) -> Json:
        action, ids = find_route(request.method, request.path)
        encoded = request.body.decode() if request.method == "POST" else request.query
        try:
            form = decode(encoded)
        except ValueError as problem:
            raise ApiError(400, "invalid_request_error", f"Invalid form: {problem}", stored=False) from None
        params = Params(form)
        wanted = params.texts("expand")
        answer = action(self.store, params, *ids)
        return expand(self.store, answer, wanted) if wanted else answer

    def _check_key(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given:
            raise ApiError(401, "invalid_request_error", "You did not provide an API key.", stored=False)
        if not secrets.compare_digest(given.encode(), self._secret_key.encode()):
            shown = f"{given[:8]}{'*' * 8}{given[-4:]}"
            raise ApiError(401, "invalid_request_error", f"Invalid API Key provided: {shown}", stored=False)

    def _page(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode(errors="replace")))
        accepted = request.headers.get("accept-language", "")
        for prefix, page in _PAGES:
            if request.path.startswith(prefix):
                wanted = request.path.removeprefix(prefix)
                status, html, headers = page(self.store, wanted, request.method, form, accepted)
                return Answer(status, html.encode(), headers)
        return _failure(ApiError(404, "invalid_request_error", f"Unrecognized request URL ({request.path})."), "req_")

    def _record(self, request: Request, answer: Answer) -> Answer:
        self.calls.append(
            CallRecord(request.method, request.path, request.headers.get("idempotency-key"), answer.status)
        )
        return answer

    def advance(self, seconds: float) -> None:
        """Move the twin's clock; what falls due happens now."""
        with self.lock:
            self.store.offset_s += seconds
            self.store.run_due()

    def dispute(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Open a dispute of a payment, or decide one: see `control`."""
        with self.lock:
            if "id" in wanted:
                return disputes.decide(self.store, wanted["id"], wanted["outcome"])
            intent, inquiry = wanted["payment_intent"], bool(wanted.get("inquiry"))
            return disputes.open_one(self.store, intent, wanted.get("amount"), inquiry=inquiry)

    def steer_account(self, wanted: str, state: str) -> dict[str, Any]:
        """A connected account: see `accounts.steer`."""
        with self.lock:
            return accounts.steer(self.store, wanted, state)

    def pay_out(self, amount: int, currency: str) -> dict[str, Any]:
        """Send a part of the balance to the bank."""
        with self.lock:
            return balance.pay_out(self.store, amount, currency)

    def charge_fees(self, basis_points: int) -> None:
        """What processing a payment costs from now on."""
        with self.lock:
            self.store.fee_basis_points = basis_points

    def state(self) -> dict[str, Any]:
        """Everything an invariant may look at."""
        with self.lock:
            tables = self.store.tables
            kinds = [
                "payment_intent",
                "charge",
                "refund",
                "checkout.session",
                "setup_intent",
                "customer",
                "transfer",
                "dispute",
                "account",
            ]
            return {
                "now": self.store.now,
                **{kind: list(tables[kind].values()) for kind in kinds},
                "balance": balance.sums(self.store),
                "events": [{"id": row["id"], "type": row["type"]} for row in tables["event"].values()],
                "webhooks": {"pending": self.webhooks.pending(), "delivered": list(self.webhooks.delivered)},
                "faults": [vars(fault) for fault in self.faults.waiting],
                "calls": [vars(call) for call in self.calls],
            }


def _fingerprint(request: Request) -> str:
    pairs = sorted(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
    return json.dumps([request.method, request.path, pairs])


def _on_demand(status: int) -> ApiError:
    kind, code = _FAULT_KINDS.get(status, ("api_error", None))
    return ApiError(status, kind, "The twin was asked to fail this call.", code)


def _success(body: Json, request_id: str) -> Answer:
    return Answer(200, json.dumps(body).encode(), _headers(request_id))


def _failure(error: ApiError, request_id: str) -> Answer:
    return Answer(error.status, json.dumps({"error": error.error}).encode(), _headers(request_id))


def _headers(request_id: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Request-Id": request_id, "Stripe-Version": API_VERSION}
