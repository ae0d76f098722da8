"""The TOMP twin keeps to the published schema and to the two-phase purchase."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from maas.sandbox.region import gtfs
from maas.sandbox.region import region as regions
from maas.sandbox.tomp import AnswerLost, Settings, Timetable, Twin, create_app
from tests.maas.sandbox.live import serving
from tests.maas.sandbox.published import Published

Json = dict[str, Any]
START = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def published(shared_specs: Path) -> Published:
    return Published(shared_specs)


@pytest.fixture(scope="module")
def timetable() -> Timetable:
    return Timetable.of_gtfs(gtfs.archive("rail", regions.of_size(1).transit, START))


@pytest.fixture
def twin(timetable: Timetable) -> Twin:
    return Twin(timetable, Settings(), now=lambda: NOW)


class Buyer:
    """A buyer whose every request and answer is held against the schema."""

    def __init__(self, twin: Twin, published: Published) -> None:
        self.twin, self._published = twin, published
        form = {"grant_type": "client_credentials", "client_id": "maas", "client_secret": "tomp-secret"}
        _, _, token = twin.handle("POST", "/oauth/token", {}, {}, form)
        self.headers = {"authorization": f"Bearer {token['access_token']}", "accept-language": "en"}

    def call(
        self, method: str, path: str, query: dict[str, str] | None = None, body: Json | None = None
    ) -> tuple[int, Json]:
        query = query or {}
        self._published.check_request(method, path, query, self.headers, body)
        status, headers, answer = self.twin.handle(method, path, query, self.headers, body)
        self._published.check_answer(method, path, status, headers, answer)
        json.dumps(answer)
        return status, answer

    def process(self, name: str, **inputs: Any) -> tuple[int, Json]:
        return self.call("POST", f"/processes/{name}/execution", body={"inputs": inputs})

    def items(self, name: str, **query: str) -> tuple[int, Json]:
        return self.call("GET", f"/collections/{name}/items", query)

    def search(self, **changes: Any) -> tuple[int, Json]:
        specification = {"type": "travelSpecification", "from": "rail:R04", "to": "rail:R06"}
        specification |= {"startTime": "2026-11-23T08:00:00Z"} | changes
        travellers = [{"type": "traveller", "id": "t1"}, {"type": "traveller", "id": "t2"}]
        return self.process("search-offers", type="searchOffer", specification=specification, travellers=travellers)

    def offer(self) -> str:
        return str(self.search()[1]["features"][0]["id"])

    def purchase(self, offer: str, reference: str = "b-1") -> tuple[int, Json]:
        customer = {"id": reference, "customFields": {"reference": reference}}
        return self.process("purchase-offers", offer=offer, customer=customer)

    def bought(self) -> str:
        offer = self.offer()
        assert self.purchase(offer)[0] == 200
        assert self.process("confirm-purchase", package=offer)[0] == 200
        return offer


@pytest.fixture
def buyer(twin: Twin, published: Published) -> Buyer:
    return Buyer(twin, published)


def status_of(answer: Json) -> str:
    return str(answer["properties"]["status"])


def code_of(answer: Json) -> int:
    return int(answer["errors"][0]["errorcode"])


def test_discovery_is_open_and_valid(twin: Twin, published: Published) -> None:
    for path in (
        "/",
        "/conformance",
        "/collections",
        "/collections/packages",
        "/processes",
        "/processes/search-offers",
    ):
        status, headers, body = twin.handle("GET", path, {}, {})
        assert status == 200
        published.check_answer("GET", path, status, headers, body)
    status, headers, sources = twin.handle("GET", "/collections/datasources/items", {}, {})
    published.check_answer("GET", "/collections/datasources/items", status, headers, sources)
    assert [source["rel"] for source in sources] == ["rail"]
    assert twin.handle("GET", "/health", {}, {})[0] == 200


def test_the_rest_needs_a_token(twin: Twin, published: Published) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic wrong"}):
        status, fields, body = twin.handle("GET", "/collections/packages/items", {"packageId": "x"}, headers)
        assert (status, code_of(body)) == (401, 7006)
        published.check_answer("GET", "/collections/packages/items", status, fields, body)
    wrong = {"grant_type": "client_credentials", "client_id": "maas", "client_secret": "no"}
    assert twin.handle("POST", "/oauth/token", {}, {}, wrong)[0] == 401


def test_a_token_ends(twin: Twin, buyer: Buyer) -> None:
    assert buyer.items("payments")[0] == 200
    twin.handle("POST", "/_twin/clock", {}, {}, {"advance_s": 3601})
    assert buyer.items("payments")[0] == 401


def test_offers_are_the_next_departures_with_published_fares(buyer: Buyer, timetable: Timetable) -> None:
    _, found = buyer.search()
    first = found["features"][0]["properties"]
    assert datetime.fromisoformat(first["specification"]["startTime"]) >= datetime(2026, 11, 23, 8, tzinfo=UTC)
    times = [f["properties"]["specification"]["startTime"] for f in found["features"]]
    assert times == sorted(times)
    assert len(times) == 4, "every half hour, for two hours"
    a, b = timetable.place("R04"), timetable.place("R06")
    assert a is not None
    assert b is not None
    fare = timetable.rides(a, b, NOW, NOW + timedelta(hours=1))[0].fare
    assert first["price"] == {
        "amount": float(fare.price * 2), "currencyCode": "EUR", "taxPercentageUsed": 13.5, "vatCountryCode": "FI"
    }  # fmt: skip


def test_one_service_journey_can_be_named(buyer: Buyer, timetable: Timetable) -> None:
    a, b = timetable.place("R04"), timetable.place("R06")
    assert a is not None
    assert b is not None
    ride = timetable.rides(a, b, NOW, NOW + timedelta(hours=3))[3]
    start = ride.departs_at.isoformat()
    _, found = buyer.search(type="tripPattern", startTime=start, serviceJourneys=[f"rail:{ride.trip_id}"])
    assert len(found["features"]) == 1
    assert found["features"][0]["properties"]["specification"]["from"] == f"rail:{ride.start.id}"


def test_places_may_be_coordinates_longitude_first(buyer: Buyer, timetable: Timetable) -> None:
    station = timetable.place("R04")
    assert station is not None
    by_id, by_gps = buyer.search()[1], buyer.search(**{"from": f"gps:{station.lon},{station.lat}"})[1]
    assert len(by_gps["features"]) == len(by_id["features"])
    assert buyer.search(**{"from": f"gps:{station.lat},{station.lon}"})[0] == 404


def test_an_arrival_time_is_kept(buyer: Buyer) -> None:
    status, found = _by_arrival(buyer)
    assert status == 200
    ends = [f["properties"]["specification"]["endTime"] for f in found["features"]]
    assert ends
    assert max(ends) <= "2026-11-23T12:00:00Z"
    assert ends[0] == max(ends)


def _by_arrival(buyer: Buyer) -> tuple[int, Json]:
    specification = {
        "type": "travelSpecification",
        "from": "rail:R04",
        "to": "rail:R06",
        "endTime": "2026-11-23T12:00:00Z",
    }
    return buyer.process("search-offers", type="searchOffer", specification=specification)


def test_the_past_is_not_for_sale(buyer: Buyer, twin: Twin) -> None:
    _, found = buyer.search(startTime="2026-11-23T05:00:00Z")
    assert all(f["properties"]["specification"]["startTime"] >= "2026-11-23T07:00:00Z" for f in found["features"])
    offer = buyer.offer()
    twin.handle("POST", "/_twin/clock", {}, {}, {"now": "2026-11-23T10:30:00Z"})
    buyer = Buyer(twin, buyer._published)
    status, answer = buyer.purchase(offer)
    assert (status, code_of(answer)) == (409, 3500)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"from": "bus:1"}, 400),
        ({"from": "rail:nowhere"}, 404),
        ({"from": ""}, 400),
        ({"startTime": "2026-11-23T08:00:00"}, 400),
    ],
)
def test_searches_that_make_no_sense_are_refused(buyer: Buyer, twin: Twin, change: Json, status: int) -> None:
    specification = {"type": "travelSpecification", "from": "rail:R04", "to": "rail:R06"} | change
    inputs = {"type": "searchOffer", "specification": specification}
    got, _, answer = twin.handle("POST", "/processes/search-offers/execution", {}, buyer.headers, {"inputs": inputs})
    assert got == status
    assert answer["errors"]


def test_purchase_holds_and_confirmation_binds(buyer: Buyer, twin: Twin) -> None:
    offer = buyer.offer()
    assert buyer.items("offers", offerId=offer)[1]["properties"]["status"] == "OFFERED"
    status, held = buyer.purchase(offer)
    assert (status, status_of(held), held["properties"]["id"]) == (200, "PENDING", offer)
    links = {link["rel"]: link for link in held["links"]}
    assert links["confirm-purchase"]["mandatory"] is True
    assert datetime.fromisoformat(links["confirm-purchase"]["expires"]) == NOW + timedelta(minutes=10)
    status, confirmed = buyer.process("confirm-purchase", package=offer)
    assert (status, status_of(confirmed)) == (200, "CONFIRMED")
    _, documents = buyer.items("travel-documents", packageId=offer)
    assert [d["properties"]["traveller"] for d in documents["features"]] == ["t1", "t2"]
    assert twin.state()["packages"][0]["reference"] == "b-1"


def test_an_unconfirmed_package_expires_and_gives_its_seats_back(
    buyer: Buyer, twin: Twin, published: Published
) -> None:
    offer = buyer.offer()
    buyer.purchase(offer)
    ride = twin.shop.offers[offer].ride
    assert twin.shop.seats_left(ride, twin.clock.now()) == 118
    twin.handle("POST", "/_twin/clock", {}, {}, {"advance_s": 600})
    assert status_of(buyer.items("packages", packageId=offer)[1]) == "EXPIRED"
    assert twin.shop.seats_left(ride, twin.clock.now()) == 120
    status, answer = buyer.process("confirm-purchase", package=offer)
    assert (status, code_of(answer)) == (410, 3202)


def test_the_expiry_can_be_extended_up_to_a_limit(buyer: Buyer, twin: Twin) -> None:
    offer = buyer.offer()
    buyer.purchase(offer)
    for minutes in (9, 18):
        twin.handle("POST", "/_twin/clock", {}, {}, {"now": (NOW + timedelta(minutes=minutes)).isoformat()})
        status, _ = buyer.process("extend-expiry-time", package=offer, reason="PAYMENT_PENDING", origin="MP")
        assert status == 200
    twin.handle("POST", "/_twin/clock", {}, {}, {"now": (NOW + timedelta(minutes=25)).isoformat()})
    assert buyer.process("extend-expiry-time", package=offer, reason="PAYMENT_PENDING", origin="MP")[0] == 200
    assert buyer.process("extend-expiry-time", package=offer, reason="PAYMENT_PENDING", origin="MP")[0] == 403
    assert twin.state()["packages"][0]["expires_at"] == (NOW + timedelta(minutes=30)).isoformat()


def test_rollback_only_while_pending(buyer: Buyer) -> None:
    offer = buyer.offer()
    buyer.purchase(offer)
    status, answer = buyer.process("rollback-purchase", package=offer)
    assert (status, status_of(answer)) == (200, "ROLLBACK")
    assert buyer.process("confirm-purchase", package=offer)[0] == 403
    assert buyer.process("rollback-purchase", package=buyer.bought())[0] == 403


def test_class_b_refuses_what_was_done_before(buyer: Buyer) -> None:
    offer = buyer.bought()
    status, answer = buyer.process("confirm-purchase", package=offer)
    assert (status, code_of(answer)) == (403, 3004)
    status, answer = buyer.purchase(offer)
    assert (status, code_of(answer)) == (403, 3203)
    assert status_of(buyer.items("packages", packageId=offer)[1]) == "CONFIRMED"


def test_class_a_answers_as_before(timetable: Timetable, published: Published) -> None:
    twin = Twin(timetable, replace(Settings(), capability="A"), now=lambda: NOW)
    buyer = Buyer(twin, published)
    offer = buyer.offer()
    assert buyer.purchase(offer) == buyer.purchase(offer)
    assert buyer.process("confirm-purchase", package=offer) == buyer.process("confirm-purchase", package=offer)
    assert buyer.process("cancel-package", package=offer) == buyer.process("cancel-package", package=offer)
    assert len(twin.state()["packages"]) == 1
    assert [e["category"] for e in twin.state()["entries"]] == ["FARE", "REFUND"]


def test_a_ticket_is_refunded_by_rule(buyer: Buyer, twin: Twin) -> None:
    early, late = buyer.bought(), buyer.bought()
    _, options = buyer.items("redress-options", packageId=early)
    full = options["features"][0]["properties"]["compensations"][0]["amount"]
    choice = {"guarantee": "refund-when-cancelled", "option": "refund"}
    assert buyer.process("confirm-redress-option", package=early, **choice)[0] == 403, "claim first"
    assert buyer.process("claim-redress-option", package=early, **choice)[0] == 200
    status, answer = buyer.process("confirm-redress-option", package=early, **choice)
    assert (status, status_of(answer)) == (200, "CANCELLED")
    leaves_at = twin.shop.packages[late].offer.ride.departs_at
    twin.handle("POST", "/_twin/clock", {}, {}, {"now": (leaves_at - timedelta(minutes=5)).isoformat()})
    buyer = Buyer(twin, buyer._published)
    _, options = buyer.items("redress-options", packageId=late)
    assert options["features"][0]["properties"]["compensations"][0]["amount"] == full / 2
    twin.handle("POST", "/_twin/clock", {}, {}, {"now": leaves_at.isoformat()})
    assert buyer.items("redress-options", packageId=late)[1]["features"] == []
    assert buyer.process("claim-redress-option", package=late, **choice)[0] == 403
    assert buyer.process("cancel-package", package=late)[0] == 409


def test_the_account_shows_fares_and_refunds(buyer: Buyer) -> None:
    offer = buyer.bought()
    buyer.process("cancel-package", package=offer)
    _, answer = buyer.items("payments", package=offer)
    entries = [e["properties"] for e in answer["features"]]
    assert [e["category"] for e in entries] == ["FARE", "REFUND"]
    assert sum(e["amount"] for e in entries) == 0
    assert buyer.process("confirm-payment", paymentId=entries[0]["id"])[0] == 204


def test_the_last_seats_are_sold_once(timetable: Timetable, published: Published) -> None:
    twin = Twin(timetable, replace(Settings(), seats=3), now=lambda: NOW)
    buyer = Buyer(twin, published)
    one, two = buyer.offer(), buyer.offer()
    assert buyer.purchase(one)[0] == 200
    status, answer = buyer.purchase(two)
    assert (status, code_of(answer)) == (409, 3201)
    left = {f["properties"]["specification"]["startTime"] for f in buyer.search()[1]["features"]}
    assert twin.shop.offers[one].ride.departs_at.isoformat().replace("+00:00", "Z") not in left


def test_an_offer_has_a_time(buyer: Buyer, twin: Twin) -> None:
    offer = buyer.search(startTime="2026-11-23T09:00:00Z")[1]["features"][0]["id"]
    twin.handle("POST", "/_twin/clock", {}, {}, {"advance_s": 900})
    assert code_of(buyer.items("offers", offerId=offer)[1]) == 3202
    assert code_of(buyer.purchase(offer)[1]) == 3202
    assert buyer.purchase("unknown")[0] == 404


@pytest.mark.parametrize(
    ("kind", "status", "package"),
    [("error_before", 503, None), ("error_after", 500, "PENDING"), ("reject", 409, None), ("sold_out", 409, None),
     ("lost", None, "PENDING"), ("lost_before", None, None)],
)  # fmt: skip
def test_faults_strike_once_before_or_after_the_effect(
    buyer: Buyer, twin: Twin, kind: str, status: int | None, package: str | None
) -> None:
    offer = buyer.offer()
    twin.handle("POST", "/_twin/faults", {}, {}, {"kind": kind, "path": "purchase-offers"})
    if status is None:
        with pytest.raises(AnswerLost):
            buyer.purchase(offer)
    else:
        assert buyer.purchase(offer)[0] == status
    found = twin.shop.find(offer, NOW)
    assert (found.status if found else None) == package
    assert twin.handle("GET", "/_twin/faults", {}, {})[2] == {"faults": []}
    assert buyer.purchase(offer)[0] == (403 if package else 200)


def test_a_price_may_rise_between_offer_and_purchase(buyer: Buyer, twin: Twin) -> None:
    _, found = buyer.search()
    twin.handle("POST", "/_twin/faults", {}, {}, {"kind": "price_up", "path": "purchase-offers", "percent": 25})
    _, package = buyer.purchase(found["features"][0]["id"])
    before = found["features"][0]["properties"]["price"]["amount"]
    assert package["properties"]["price"]["amount"] == pytest.approx(before * 1.25)


def test_a_delay_waits_without_holding_others_up(timetable: Timetable, published: Published) -> None:
    waits: list[float] = []
    twin = Twin(timetable, Settings(), now=lambda: NOW, sleep=waits.append)
    twin.handle("POST", "/_twin/faults", {}, {}, {"kind": "delay", "path": "health", "delay_s": 3.5, "times": 2})
    for _ in range(3):
        assert twin.handle("GET", "/health", {}, {})[0] == 200
    assert waits == [3.5, 3.5]


def test_an_unknown_fault_is_refused(twin: Twin) -> None:
    assert twin.handle("POST", "/_twin/faults", {}, {}, {"kind": "earthquake"})[0] == 400


def test_two_runs_are_equal(timetable: Timetable, published: Published) -> None:
    def run() -> Json:
        buyer = Buyer(Twin(timetable, Settings(), now=lambda: NOW), published)
        buyer.bought()
        buyer.purchase(buyer.offer())
        return buyer.twin.state()

    assert run() == run()


def test_a_real_city_sells_too(shared_data: Path, published: Published) -> None:
    timetable = Timetable.of_gtfs(shared_data / "tampere" / "tampere.zip")
    at = datetime(2022, 2, 22, 5, 0, tzinfo=UTC)
    twin = Twin(timetable, replace(Settings(), prefix="tampere"), now=lambda: at)
    trip = next(t for t in timetable.trips.values() if at.date() in timetable.services[t.service])
    buyer = Buyer(twin, published)
    specification = {
        "type": "travelSpecification",
        "from": f"tampere:{trip.stops[0]}",
        "to": f"tampere:{trip.stops[5]}",
    }
    inputs = {"type": "searchOffer", "specification": specification}
    _, found = buyer.process("search-offers", **inputs)
    assert found["features"]
    assert found["features"][0]["properties"]["price"]["amount"] > 0


@pytest.fixture
def address(twin: Twin) -> Iterator[str]:
    with serving(create_app(twin)) as url:
        yield url


def test_over_http_it_is_the_same_operator(address: str) -> None:
    form = {"grant_type": "client_credentials"}
    with httpx.Client(base_url=address, trust_env=False) as client:
        token = client.post("/oauth/token", data=form, auth=("maas", "tomp-secret")).json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Accept-Language": "fi"})
        specification = {"type": "travelSpecification", "from": "rail:R04", "to": "rail:R06"}
        body = {"inputs": {"type": "searchOffer", "specification": specification}}
        answer = client.post("/processes/search-offers/execution", json=body)
        assert answer.headers["content-type"] == "application/geo+json"
        offer = answer.json()["features"][0]["id"]
        client.post("/_twin/faults", json={"kind": "lost", "path": "purchase-offers"})
        with pytest.raises(httpx.TransportError):
            client.post("/processes/purchase-offers/execution", json={"inputs": {"offer": offer}})
        package = client.get("/collections/packages/items", params={"packageId": offer})
        assert package.json()["properties"]["status"] == "PENDING"
        assert client.post("/processes/purchase-offers/execution", content=b"{").status_code == 400
