"""The operator as a synchronous core: one call in, one answer out."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from maas.sandbox.tomp import discovery, errors, search
from maas.sandbox.tomp.clock import Clock
from maas.sandbox.tomp.documents import Documents, http_date
from maas.sandbox.tomp.errors import TompError
from maas.sandbox.tomp.faults import AnswerLost, Fault, Faults
from maas.sandbox.tomp.packages import Package, Shop
from maas.sandbox.tomp.settings import Settings
from maas.sandbox.tomp.timetable import Timetable

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]
GEO_JSON, JSON = "application/geo+json", "application/json"
TOKEN_S = 3600
_OPEN = ("/health", "/oauth/token", "/conformance", "/collections/datasources/items", "/api")


@dataclass(frozen=True, slots=True)
class _Call:
    """One call, read. `price_factor` is 1 but for the fault that makes things dearer or cheaper."""

    query: Mapping[str, str]
    inputs: Json
    now: datetime
    price_factor: Decimal = Decimal(1)

    def required(self, name: str) -> str:
        """A query parameter; raises TompError without it."""
        if not self.query.get(name):
            raise errors.missing(name)
        return self.query[name]

    @property
    def package(self) -> str:
        """The package that a process works on."""
        if not self.inputs.get("package"):
            raise errors.missing("package")
        return str(self.inputs["package"])


class Twin:
    """One operator. `handle` is thread-safe and does one call at a time, but for the waiting of a delay."""

    def __init__(
        self,
        timetable: Timetable,
        settings: Settings | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or Settings()
        self.timetable = timetable
        self.shop = Shop(self.settings)
        self.faults = Faults()
        self.clock = Clock(now)
        self._sleep = sleep
        self._documents = Documents(self.settings)
        self._tokens: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._under_way: list[tuple[datetime, Callable[[], Answer]]] = []
        self._processes: dict[str, Callable[[_Call], Answer]] = {
            "search-offers": self._search,
            "purchase-offers": self._purchase,
            "confirm-purchase": self._confirm,
            "rollback-purchase": lambda call: self._changed(self.shop.rollback(call.package, call.now)),
            "extend-expiry-time": lambda call: self._changed(self.shop.extend(call.package, call.now)),
            "cancel-package": lambda call: self._changed(self.shop.cancel(call.package, call.now)),
            "claim-redress-option": self._claim,
            "confirm-redress-option": self._redress,
            "confirm-payment": self._confirm_payment,
        }
        self._collections: dict[str, Callable[[_Call], Answer]] = {
            "datasources": lambda call: self._answer(200, discovery.data_sources(self.settings)),
            "packages": lambda call: self._changed(self.shop.get(call.required("packageId"), call.now)),
            "offers": self._offer,
            "travel-documents": self._travel_documents,
            "redress-options": self._redress_options,
            "payments": self._payments,
        }

    def handle(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Json | None = None
    ) -> Answer:
        """Status, headers and JSON of the answer. Header names of the request are lower case.

        Raises AnswerLost where a fault breaks the connection.
        """
        if path.startswith("/_twin/"):
            with self._lock:
                return self._control(method, path, body or {})
        self.run_due()
        with self._lock:
            fault = self.faults.take(method, path)
        if fault and fault.kind == "delay":
            self._sleep(fault.delay_s)
        with self._lock:
            return self._faulty(fault, method, path.rstrip("/") or "/", query, headers, body or {})

    def run_due(self) -> None:
        """Calls that were under way for a while arrive; nobody hears the answers."""
        now = self.clock.now()
        with self._lock:
            due = [call for at, call in self._under_way if at <= now]
            self._under_way = [(at, call) for at, call in self._under_way if at > now]
            for call in due:
                with suppress(TompError):
                    call()

    def _faulty(
        self,
        fault: Fault | None,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: Json,
    ) -> Answer:
        kind = fault.kind if fault else ""
        if kind == "error_before":
            return self._refused(TompError(503, 7005, "Technical error", "try again later"))
        if kind == "lost_before":
            raise AnswerLost(path)
        if fault and kind == "late":
            call = partial(self._route, method, path, query, headers, body, Decimal(1))
            self._under_way.append((self.clock.now() + timedelta(seconds=fault.delay_s), call))
            raise AnswerLost(path)
        if kind == "reject":
            return self._refused(TompError(409, 3501, "Refused", "the operator cannot serve this ride"))
        if kind == "sold_out":
            return self._refused(errors.sold_out())
        factor = 1 + Decimal(fault.percent) / 100 if fault and kind == "price_up" else Decimal(1)
        try:
            answer = self._route(method, path, query, headers, body, factor)
            if kind == "other_money":
                answer = self._changed(self.shop.price_elsewhere(_subject(body["inputs"])))
        except TompError as error:
            answer = self._refused(error)
        if kind == "lost":
            raise AnswerLost(path)
        if kind == "error_after":
            return self._refused(TompError(500, 7005, "Technical error", "something broke on the way back"))
        return answer

    def _route(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Json, factor: Decimal
    ) -> Answer:
        if method == "POST" and path == "/oauth/token":
            return self._token(headers, body)
        opened = self._discover(method, path)
        if opened is not None:
            return opened
        self._authorise(path, headers)
        parts = path.strip("/").split("/")
        handler = None
        if method == "GET" and len(parts) == 3 and parts[0] == "collections" and parts[2] == "items":
            handler = self._collections.get(parts[1])
        if method == "POST" and len(parts) == 3 and parts[0] == "processes" and parts[2] in ("execution", "execute"):
            handler = self._processes.get(parts[1])
            if handler and not isinstance(body.get("inputs"), dict):
                raise errors.missing("inputs")
        if handler is None:
            raise TompError(404, 7204, "Not found", f"{method} {path} is not served")
        return handler(_Call(query, body.get("inputs", {}), self.clock.now(), factor))

    def _discover(self, method: str, path: str) -> Answer | None:
        """The open pages, or None."""
        settings = self.settings
        if method != "GET":
            return None
        pages: dict[str, Callable[[], Any]] = {
            "/": lambda: discovery.landing_page(settings),
            "/conformance": discovery.conformance,
            "/collections": lambda: discovery.collections(settings),
            "/processes": lambda: discovery.processes(settings),
            "/health": lambda: {"status": "OK"},
        }
        if path in pages:
            return self._answer(200, pages[path]())
        folder, _, name = path.strip("/").partition("/")
        if folder in ("collections", "processes") and name and "/" not in name:
            page = discovery.collection if folder == "collections" else discovery.process
            return self._answer(200, page(settings, name))
        return None

    def _authorise(self, path: str, headers: Mapping[str, str]) -> None:
        if path in _OPEN:
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self._tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.clock.now():
            raise errors.unauthorised()
        if not headers.get("accept-language"):
            raise errors.missing("Accept-Language", 7)

    def _token(self, headers: Mapping[str, str], form: Json) -> Answer:
        """Client credentials, in the form or as basic authentication."""
        client, secret = form.get("client_id"), form.get("client_secret")
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            client, _, secret = base64.b64decode(encoded).decode().partition(":")
        if form.get("grant_type", "client_credentials") != "client_credentials":
            return self._answer(400, {"error": "unsupported_grant_type"})
        if (client, secret) != (self.settings.client_id, self.settings.client_secret):
            return self._answer(401, {"error": "invalid_client"})
        token = hashlib.sha256(f"{self.settings.seed} {len(self._tokens)} {secret}".encode()).hexdigest()
        self._tokens[token] = self.clock.now() + timedelta(seconds=TOKEN_S)
        return self._answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_S})

    def _search(self, call: _Call) -> Answer:
        wish = search.wish(call.inputs, self.timetable, self.settings.prefix, call.now)
        limit = min(int(call.query.get("limit", self.settings.max_offers)), self.settings.max_offers)
        rides = [r for r in wish.rides(self.timetable) if self.shop.seats_left(r, call.now) >= wish.seats]
        offers = [self.shop.offer(r, wish.travellers, wish.seats, call.price_factor, call.now) for r in rides[:limit]]
        until = min((offer.expires_at for offer in offers), default=call.now)
        return self._answer(200, self._documents.offers(offers), GEO_JSON, {"Expires": http_date(until)})

    def _offer(self, call: _Call) -> Answer:
        offer = self.shop.offers.get(call.required("offerId"))
        if offer is None:
            raise errors.not_found("offer")
        if call.now >= offer.expires_at:
            raise errors.expired("offer")
        return self._answer(200, self._documents.offered(offer), GEO_JSON, {"Expires": http_date(offer.expires_at)})

    def _purchase(self, call: _Call) -> Answer:
        offer, customer = call.inputs.get("offer"), call.inputs.get("customer") or {}
        if not offer:
            raise errors.missing("offer")
        reference = (customer.get("customFields") or {}).get("reference") or customer.get("id", "")
        package = self.shop.purchase(str(offer), str(reference), call.price_factor, call.now)
        package.needs = search.needs_of(call.inputs)
        return self._changed(package)

    def _confirm(self, call: _Call) -> Answer:
        """202 without a document while it is being worked on, to be looked up later."""
        package = self.shop.confirm(call.package, call.now, call.price_factor)
        if package.status == "PENDING" and self.settings.confirms == "later":
            return self._answer(202, None)
        return self._changed(package)

    def _claim(self, call: _Call) -> Answer:
        self._check_option(call)
        return self._changed(self.shop.claim(call.package, call.now))

    def _redress(self, call: _Call) -> Answer:
        self._check_option(call)
        return self._changed(self.shop.redress(call.package, call.now))

    def _check_option(self, call: _Call) -> None:
        for name in ("guarantee", "option"):
            if not call.inputs.get(name):
                raise errors.missing(name, 6)
        if call.inputs["option"] != "refund":
            raise errors.not_found("redress option")

    def _changed(self, package: Package) -> Answer:
        extra = {"Expires": http_date(package.expires_at)} if package.status == "PENDING" else {}
        return self._answer(200, self._documents.package(package), GEO_JSON, extra)

    def _travel_documents(self, call: _Call) -> Answer:
        package = self.shop.get(call.required("packageId"), call.now)
        if package.status not in ("CONFIRMED", "STARTED", "ENDED"):
            raise errors.illegal("travel-documents", package.status)
        return self._answer(200, self._documents.travel_documents(package), GEO_JSON)

    def _redress_options(self, call: _Call) -> Answer:
        package = self.shop.get(call.required("packageId"), call.now)
        amount = self.shop.refundable(package, call.now)
        until = http_date(call.now + timedelta(seconds=self.settings.offer_valid_s))
        options = self._documents.redress_options(package, amount)
        return self._answer(200, options, GEO_JSON, {"Expires": until})

    def _payments(self, call: _Call) -> Answer:
        wanted, category = call.query.get("package"), call.query.get("category", "ALL")
        since, until = _moment(call.query.get("startTime")), _moment(call.query.get("endTime"))
        for package in self.shop.packages.values():
            self.shop.current(package, call.now)
        matched = [
            e
            for e in self.shop.entries
            if wanted in (None, e.package)
            and category in ("ALL", e.category)
            and (since is None or since <= e.at)
            and (until is None or e.at < until)
        ]
        offset, limit = int(call.query.get("offset", 0)), int(call.query.get("limit", 100))
        return self._answer(
            200, self._documents.payments(matched[offset : offset + limit], len(matched), offset), GEO_JSON
        )

    def _confirm_payment(self, call: _Call) -> Answer:
        if not any(entry.id == call.inputs.get("paymentId") for entry in self.shop.entries):
            raise TompError(404, 6204, "Not found", "no such payment")
        return self._answer(204, None)

    def _answer(self, status: int, body: Any, media: str = JSON, extra: Mapping[str, str] | None = None) -> Answer:
        headers = {"Content-Type": media, "Version": discovery.VERSION, "Content-Language": "en-GB", **(extra or {})}
        return status, headers, body

    def _refused(self, error: TompError) -> Answer:
        return self._answer(error.status, {"error": "no"} if self.settings.bare_errors else error.body())

    def _control(self, method: str, path: str, body: Json) -> Answer:
        """Levers for tests and shows: no part of TOMP, and no token needed."""
        if path == "/_twin/state":
            return self._answer(200, self.state())
        if path == "/_twin/clock":
            if method == "POST":
                self.clock.set(body)
            return self._answer(200, {"now": self.clock.now().isoformat()})
        if path == "/_twin/cancellations":
            gone = [self.shop.call_off(package, self.clock.now()) for package in self.shop.packages.values()]
            return self._answer(200, {"cancelled": sum(gone)})
        if path != "/_twin/faults":
            return self._answer(404, {"error": "there are /_twin/faults, cancellations, state and clock"})
        if method == "DELETE":
            self.faults.waiting.clear()
        if method == "POST":
            try:
                self.faults.add(body)
            except (TypeError, ValueError) as error:
                return self._answer(400, {"error": str(error)})
        return self._answer(200, {"faults": self.faults.listed()})

    def state(self) -> Json:
        """Every package with its status, and the account, for checks from outside."""
        now = self.clock.now()
        return {
            "now": now.isoformat(),
            "packages": [
                {
                    "id": package.id,
                    "reference": package.reference,
                    "status": self.shop.current(package, now).status,
                    "amount": str(package.amount),
                    "currency": package.offer.ride.fare.currency,
                    "seats": package.offer.seats,
                    "needs": list(package.needs),
                    "trip": package.offer.ride.trip_id,
                    "service_date": package.offer.ride.service_date.isoformat(),
                    "expires_at": package.expires_at.isoformat(),
                    "history": [list(event) for event in package.history],
                }
                for package in self.shop.packages.values()
            ],
            "entries": [
                {"package": e.package, "category": e.category, "amount": str(e.amount)} for e in self.shop.entries
            ],
        }


def _moment(text: str | None) -> datetime | None:
    """Raises TompError for what is no time."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise errors.invalid("startTime", "not a time") from None


def _subject(inputs: Json) -> str:
    """The package that a purchase or a confirmation is about."""
    return str(inputs.get("package") or inputs.get("offer"))
