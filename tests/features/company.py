"""A third-party provider as its system sees our TOMP server: every request and answer is held against the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from bookings.models import Provider
from maas.accounts.models import Role
from tests.features.a173_a_partner_sells import System
from tests.transit.remote.tomp_schema import Schema

SCOPES = ("tomp.read", "tomp.sell", "tomp.customers", "webhooks")
Json = dict[str, Any]


class Company:
    """What it sends is valid unless it says otherwise; what it gets always is."""

    def __init__(self, specs: Path, title: str = "Trips Ltd", *scopes: str, licensed: bool = True) -> None:
        self.schema = Schema(specs)
        self.system = System(title, *(scopes or SCOPES))
        self.client = self.system.client()
        self.base = "/tomp/v2"
        if licensed:
            self.decide("license")

    @property
    def row(self) -> Provider:
        return Provider.objects.get(user__oauth_client__client_id=self.system.id)

    def decide(self, decision: str, **fields: str) -> Any:
        """An officer decides about it."""
        facts = {"business_id": "1234567-1", "licence_no": "P-1", "until": ""}
        return officer().post(f"/providers/{self.row.code}", {"decision": decision, **facts, **fields})

    def post(
        self, process: str, status: int = 200, valid: bool = True, headers: Json | None = None, **inputs: Any
    ) -> Any:
        """The document that a process answers with."""
        path = _template(f"/processes/{process}/execution")
        body = {"inputs": inputs}
        if valid:
            assert not self.schema.request_errors("post", path, body)
        sent = {"Accept-Language": "en"} | (headers or {})
        url = f"{self.base}/processes/{process}/execution"
        answer = self.client.post(url, json.dumps(body), content_type="application/json", headers=sent)
        return self._held(answer, "post", path, status)

    def get(self, path: str, status: int = 200, **query: str) -> Any:
        """The document at a path."""
        answer = self.client.get(f"{self.base}{path}", query, headers={"Accept-Language": "en"})
        return self._held(answer, "get", _template(path), status)

    def items(self, collection: str, status: int = 200, **query: str) -> Any:
        """The items of a collection."""
        return self.get(f"/collections/{collection}/items", status, **query)

    def _held(self, answer: Any, method: str, path: str, status: int) -> Any:
        assert answer.status_code == status, answer.content
        self.last = answer
        assert answer["Version"] == "2.0.0"
        if status == 204:
            return None
        body = answer.json()
        if status == 200:
            assert not self.schema.answer_errors(method, path, body), body
        elif status >= 400:
            assert not self.schema.error_errors(body), body
        return body

    def search(
        self, origin: str = "bus:H", destination: str = "bus:Q", at: str = "2026-11-24T08:00:00Z", **more: Any
    ) -> Json:
        """The offers of a search."""
        wanted = {"type": "travelSpecification", "from": origin, "to": destination, "startTime": at}
        found: Json = self.post("search-offers", type="searchOffer", specification=wanted, **more)
        return found

    def offer(self, *journey: str, **more: Any) -> str:
        """The code of the first offer of a search."""
        return str(self.search(*journey, **more)["features"][0]["id"])

    def buy(self, *journey: str) -> str:
        """A confirmed package's code."""
        code = self.offer(*journey)
        self.post("purchase-offers", offer=code)
        assert self.post("confirm-purchase", package=code)["properties"]["status"] == "CONFIRMED"
        return code

    def status(self, code: str) -> str:
        """How a package stands."""
        return str(self.items("packages", packageId=code)["properties"]["status"])


def officer() -> Client:
    """Somebody who works for the region's government."""
    user, _ = get_user_model().objects.get_or_create(email="officer@coast.test")
    Role.objects.get_or_create(user=user, kind="region_officer", scope="coast")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def stored(table: str, column: str) -> bytes:
    """What stands in the first row of a table, as whoever steals the database would read it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return bytes(cursor.fetchone()[0])


def refused(document: Json) -> list[int]:
    """The numbers of what was refused."""
    return [error["errorcode"] for error in document["errors"]]


def _template(path: str) -> str:
    """The path as the schema names it."""
    kinds = {"leg": "{legOperation}", "product": "{productOperation}", "asset": "{assetOperation}"}
    parts = path.split("/")[1:]
    if parts[0] == "processes" and len(parts) == 3 and (end := parts[1].rpartition("-")[2]) in kinds:
        return f"/processes/{kinds[end]}-{end}/execution"
    if len(parts) == 2 and parts[0] in ("collections", "processes"):
        return f"/{parts[0]}/{{collectionId}}" if parts[0] == "collections" else "/processes/{processID}"
    return "/collections/customers/items/{customerId}" if path.startswith("/collections/customers/items/") else path
