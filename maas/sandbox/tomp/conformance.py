"""Whether somebody's TOMP 2.0 server does what the schema and its flow of two steps promise.

`python -m maas.sandbox.tomp.conformance --help` says what it needs: an address, the schema, credentials, and a ride
that is sold there. It searches, holds, lets go, extends, buys and gives back, so the server should sell nothing for
real. Every request and answer is held against the schema. Written from that alone, it shares no code with any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from maas.sandbox.tomp.judge import Judge

Json = dict[str, Any]
_NOBODY = "no-such-thing"


class Broken(AssertionError):
    """What is not as it should be."""


@dataclass
class Conformance:
    """One run against a server. `origin`, `destination` and `at` are a ride that it sells."""

    base: str
    judge: Judge
    client_id: str
    client_secret: str
    origin: str
    destination: str
    at: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))
    token: str = ""
    results: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> list[tuple[str, str]]:
        """Every check by its name, with what was wrong; empty where nothing was."""
        checks: list[Callable[[], None]] = [
            self.discovery,
            self.credentials,
            self.nobody_gets_in,
            self.what_does_not_exist,
            self.search,
            self.hold_and_let_go,
            self.buy_twice_is_once,
            self.travel_documents,
            self.money,
            self.give_back,
            self.refusals,
        ]
        with self.http:
            for check in checks:
                try:
                    check()
                    self.results.append((check.__name__, ""))
                except (Broken, LookupError, httpx.HTTPError) as wrong:
                    self.results.append((check.__name__, f"{type(wrong).__name__}: {wrong}"))
        return self.results

    # ------------------------------------------------------------------ the checks

    def discovery(self) -> None:
        """The pages that anybody may read; every listed collection and process has its own."""
        for path in ("/", "/conformance", "/collections", "/processes", "/health", "/collections/datasources/items"):
            self._call("GET", path, 200, signed=path == "/collections/datasources/items" and bool(self.token))
        for kind in ("collections", "processes"):
            for row in self._call("GET", f"/{kind}", 200, signed=False)[kind]:
                self._call("GET", f"/{kind}/{row['id']}", 200, signed=False)
        listed = {row["id"] for row in self._call("GET", "/processes", 200, signed=False)["processes"]}
        for name in ("search-offers", "purchase-offers", "confirm-purchase", "rollback-purchase", "extend-expiry-time"):
            _must(name in listed, f"{name} is not declared")

    def credentials(self) -> None:
        """Client credentials open, wrong ones do not."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id}
        wrong = self.http.post(f"{self.base}/oauth/token", data=form | {"client_secret": "wrong"})
        _must(wrong.status_code in (400, 401), f"wrong secret: {wrong.status_code}")
        right = self.http.post(f"{self.base}/oauth/token", data=form | {"client_secret": self.client_secret})
        _must(right.status_code == 200, f"token: {right.status_code} {right.text[:200]}")
        errors = self.judge.of_answer("POST", "/oauth/token", 200, right.json())
        _must(not errors, f"token: {errors}")
        self.token = right.json()["access_token"]

    def nobody_gets_in(self) -> None:
        """Without a token, and with one that is none."""
        body = self._search_body()
        for token in ("", "Bearer nonsense"):
            headers = {"Accept-Language": "en"} | ({"Authorization": token} if token else {})
            answer = self.http.post(f"{self.base}/processes/search-offers/execution", json=body, headers=headers)
            _must(answer.status_code == 401, f"{token or 'no token'}: {answer.status_code}")
            self._check_answer("POST", "/processes/search-offers/execution", answer)

    def what_does_not_exist(self) -> None:
        """Unknown things are 404 with a TOMP error that says so (…204)."""
        for name, body in (("purchase-offers", {"offer": _NOBODY}), ("confirm-purchase", {"package": _NOBODY})):
            self._refused(self._execute(name, body, 404), 204)
        self._refused(self._items("packages", 404, packageId=_NOBODY), 204)

    def search(self) -> None:
        """Offers with a price, a time, and a way to buy them."""
        offer = self._offer()
        _must(offer["properties"]["price"]["amount"] >= 0, "an offer has a price")
        rels = {link["rel"] for link in offer.get("links", [])}
        _must("purchase-offers" in rels, f"an offer can be bought: {rels}")
        package = self._items("offers", 200, offerId=offer["id"])
        _must(package["properties"]["status"] == "OFFERED", "an offer is OFFERED")

    def hold_and_let_go(self) -> None:
        """PENDING with a mandatory confirmation; extended; rolled back at no cost, and then not to be confirmed."""
        code = self._offer()["id"]
        held = self._execute("purchase-offers", self._purchase(code), 200)
        _must(held["properties"]["status"] == "PENDING", f"held: {held['properties']['status']}")
        links = {link["rel"]: link for link in held["links"]}
        _must(links["confirm-purchase"].get("mandatory") is True, "silence must not book")
        _must({"rollback-purchase", "extend-expiry-time"} <= links.keys(), f"next steps: {sorted(links)}")
        _must(self._status(code) == "PENDING", "found again")
        extended = self._execute("extend-expiry-time", {"package": code, "reason": "PAYMENT_PENDING"}, 200)
        later = next(link for link in extended["links"] if link["rel"] == "confirm-purchase")
        _must(later["expires"] >= links["confirm-purchase"]["expires"], "an extension is not shorter")
        back = self._execute("rollback-purchase", {"package": code}, 200)
        _must(back["properties"]["status"] == "ROLLBACK", f"rolled back: {back['properties']['status']}")
        self._refused(self._execute("confirm-purchase", {"package": code}, 403), 4)
        _must(self._status(code) == "ROLLBACK", "it stays so")

    def buy_twice_is_once(self) -> None:
        """A purchase that is asked for again is the same; so is a confirmation, or it is refused and stands."""
        code = self._bought()
        self._call("POST", "/processes/confirm-purchase/execution", None, {"inputs": {"package": code}})
        _must(self._status(code) == "CONFIRMED", "it stays sold")

    def travel_documents(self) -> None:
        """A document that somebody can ride with."""
        code = self._bought()
        found = self._items("travel-documents", 200, packageId=code)["features"]
        _must(bool(found), "a sale has a travel document")
        first = found[0]["properties"]
        _must(first["validity"][0] < first["validity"][1], "it is valid for a while")
        _must(bool(first.get("base64") or found[0].get("links")), "there is something to show")

    def money(self) -> None:
        """What was sold is on the account, with the price that was offered."""
        offer = self._offer()
        code = self._bought(offer["id"])
        rows = self._items("payments", 200, package=code)["features"]
        owed = sum(row["properties"]["amount"] for row in rows)
        _must(abs(owed - offer["properties"]["price"]["amount"]) < 0.005, f"owed {owed}")

    def give_back(self) -> None:
        """A refund is claimed, then confirmed, and the package is CANCELLED."""
        code = self._bought()
        options = self._items("redress-options", 200, packageId=code)["features"]
        _must(bool(options), "a sale for another day can be given back")
        option = options[0]["properties"]
        wish = {"package": code, "guarantee": option["reason"]["id"], "option": option["id"]}
        self._execute("claim-redress-option", wish, 200)
        done = self._execute("confirm-redress-option", wish, 200)
        _must(done["properties"]["status"] == option["packageState"], f"after: {done['properties']['status']}")

    def refusals(self) -> None:
        """What is missing is named by the error …001, and nothing breaks."""
        self._refused(self._call("POST", "/processes/confirm-purchase/execution", 400, {"inputs": {}}), 1)
        self._refused(self._items("packages", 400), 1)

    # ------------------------------------------------------------------ the calls

    def _offer(self) -> Json:
        found = self._call("POST", "/processes/search-offers/execution", 200, self._search_body())["features"]
        _must(bool(found), "nothing is offered for the ride that was named")
        first: Json = found[0]
        return first

    def _bought(self, code: str = "") -> str:
        code = code or str(self._offer()["id"])
        first = self._execute("purchase-offers", self._purchase(code), 200)
        _must(first["properties"]["id"] == code, "a package is called as its offer")
        sold = self._execute("confirm-purchase", {"package": code}, 200)
        _must(sold["properties"]["status"] == "CONFIRMED", f"confirmed: {sold['properties']['status']}")
        return code

    def _search_body(self) -> Json:
        wanted = {"type": "travelSpecification", "from": self.origin, "to": self.destination, "startTime": self.at}
        people = [{"type": "traveller", "id": "t1", "characteristics": {"age": 40}}]
        return {"inputs": {"type": "searchOffer", "specification": wanted, "travellers": people}}

    def _purchase(self, code: str) -> Json:
        people = [{"type": "traveller", "id": "t1"}]
        return {"offer": code, "customer": {"id": "c1"}, "paymentMethod": "PREPAID", "travellers": people}

    def _status(self, code: str) -> str:
        return str(self._items("packages", 200, packageId=code)["properties"]["status"])

    def _execute(self, process: str, inputs: Json, status: int) -> Json:
        found: Json = self._call("POST", f"/processes/{process}/execution", status, {"inputs": inputs})
        return found

    def _items(self, collection: str, status: int, **query: str) -> Json:
        found: Json = self._call("GET", f"/collections/{collection}/items", status, query=query)
        return found

    def _call(
        self,
        method: str,
        path: str,
        status: int | None,
        body: Json | None = None,
        query: dict[str, str] | None = None,
        signed: bool = True,
    ) -> Any:
        """One call; the answer has to be of the status (None: whatever it is) and as the schema has it."""
        if status == 200 and body is not None:
            errors = self.judge.of_request(method, path, body)
            _must(not errors, f"our own request to {path}: {errors}")
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {self.token}"} if signed else {})
        answer = self.http.request(method, f"{self.base}{path}", json=body, params=query or None, headers=headers)
        _must(status is None or answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:200]}")
        return self._check_answer(method, path, answer)

    def _check_answer(self, method: str, path: str, answer: httpx.Response) -> Any:
        body = answer.json() if answer.content else None
        errors = self.judge.of_answer(method, path, answer.status_code, body)
        errors += self.judge.of_headers(method, path, answer.status_code, {name.lower() for name in answer.headers})
        _must(not errors, f"{method} {path} {answer.status_code}: {errors}")
        return body

    def _refused(self, body: Json, number: int) -> None:
        """A refusal whose error has these last three digits."""
        codes = [error["errorcode"] for error in body["errors"]]
        _must(any(code % 1000 == number for code in codes), f"errors {codes}, expected …{number:03}")


def _must(holds: bool, said: str) -> None:
    if not holds:
        raise Broken(said)


def main() -> int:
    """Run it from a shell: a line for each check; 1 where one has failed."""
    parser = argparse.ArgumentParser(prog="conformance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base")
    for name in ("schema", "client-id", "client-secret", "from", "to", "at"):
        parser.add_argument(f"--{name}", required=True)
    given = vars(parser.parse_args())
    run = Conformance(
        given["base"].rstrip("/"), Judge(Path(given["schema"])), given["client_id"], given["client_secret"],
        given["from"], given["to"], given["at"],
    )  # fmt: skip
    results = run.run()
    for name, wrong in results:
        sys.stdout.write(f"{'FAIL' if wrong else 'PASS'} {name}{f': {wrong}' if wrong else ''}\n")
    return int(any(wrong for _, wrong in results))


if __name__ == "__main__":
    sys.exit(main())
