"""A provider buys a ride of a hosted operator: offered, held, confirmed; or let go, and then nothing is left of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bookings.models import Capacity, LedgerEntry, Reservation, Ticket
from bookings.tasks import sweep_orders
from tests.features.coast import BUS, SEA
from tests.features.company import Company, refused
from tests.features.market import Market

pytestmark = pytest.mark.db
TWO = [
    {"type": "traveller", "id": "anna", "characteristics": {"age": 40}},
    {"type": "traveller", "id": "ben", "profile": "child"},
]


@pytest.fixture
def company(market: Market, shared_specs: Path) -> Company:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", seats_per_departure=3)
    market.sells("sea")
    return Company(shared_specs)


def taken() -> list[int]:
    return list(Capacity.objects.values_list("taken", flat=True))


def test_from_offer_to_sale(company: Company) -> None:
    found = company.search(travellers=TWO)
    (offer,) = found["features"]
    summary = offer["properties"]
    assert (summary["price"]["amount"], summary["price"]["currencyCode"]) == (7.0, "EUR")
    assert summary["legs"] == [{"mode": "BUS", "name": "1", "destination": "Q"}]
    assert (summary["specification"]["from"], summary["specification"]["startTime"]) == (
        "bus:H",
        "2026-11-24T08:06:00Z",
    )
    assert company.items("offers", offerId=offer["id"])["properties"]["status"] == "OFFERED"
    held = company.post("purchase-offers", offer=offer["id"], customer={"id": "c-7"})
    assert held["properties"]["status"] == "PENDING"
    assert held["properties"]["customFields"] == {"reference": "c-7"}
    confirm = next(link for link in held["links"] if link["rel"] == "confirm-purchase")
    assert (confirm["mandatory"], "Expires" in company.last) == (True, True)
    assert taken() == [2]
    assert not Ticket.objects.exists()
    sold = company.post("confirm-purchase", **confirm["body"]["inputs"])
    assert sold["properties"]["status"] == "CONFIRMED"
    assert [leg["status"] for leg in sold["properties"]["legs"]] == ["NOT_STARTED"]
    again = company.post("confirm-purchase", package=offer["id"])
    assert again == sold
    assert Ticket.objects.count() == 2
    sums = {entry.account.code: entry.amount_minor for entry in LedgerEntry.objects.select_related("account")}
    assert sums == {f"provider_receivable:{company.row.code}": 700, "operator_payable:bus": -700}
    assert company.items("packages", packageId="reference:c-7") == sold


def test_let_go(company: Company) -> None:
    code = company.offer()
    company.post("purchase-offers", offer=code)
    assert company.post("rollback-purchase", package=code)["properties"]["status"] == "ROLLBACK"
    assert company.post("rollback-purchase", package=code)["properties"]["status"] == "ROLLBACK"
    assert refused(company.post("confirm-purchase", 403, package=code)) == [3004]
    assert refused(company.post("purchase-offers", 403, offer=code)) == [3004], "a late repetition holds nothing"
    assert taken() == [0]
    sold = company.buy()
    assert refused(company.post("rollback-purchase", 403, package=sold)) == [3004]
    assert company.status(sold) == "CONFIRMED"


def test_a_hold_ends_by_itself(market: Market, company: Company) -> None:
    code = company.offer()
    company.post("purchase-offers", offer=code)
    market.clock.shift(600)
    extended = company.post("extend-expiry-time", package=code, reason="PAYMENT_PENDING")
    assert extended["links"][0]["expires"] > "2026-11-23T07:24"
    market.clock.shift(600)
    assert company.status(code) == "PENDING", "longer than at first"
    for _ in range(20):
        market.clock.shift(300)
        if company.status(code) == "EXPIRED":
            break
        answer = company.client.post(
            "/tomp/v2/processes/extend-expiry-time/execution", {"inputs": {"package": code}},
            content_type="application/json", headers={"Accept-Language": "en"},
        )  # fmt: skip
        assert answer.status_code in {200, 410}
    assert company.status(code) == "EXPIRED", "nobody holds a seat for ever"
    assert refused(company.post("confirm-purchase", 410, package=code)) == [3202]
    sweep_orders()
    assert taken() == [0]
    assert [row.state for row in Reservation.objects.all()] == ["EXPIRED"]


def test_an_offer_ends_too(market: Market, company: Company) -> None:
    code = company.offer()
    market.clock.shift(3000)
    assert refused(company.items("offers", 410, offerId=code)) == [3202]
    assert refused(company.post("purchase-offers", 410, offer=code)) == [3202]
    assert not Reservation.objects.exists()


def test_sold_out(company: Company) -> None:
    one, two = (company.offer(travellers=TWO) for _ in range(2))
    company.post("purchase-offers", offer=one)
    assert refused(company.post("purchase-offers", 409, offer=two)) == [3201]
    assert company.search(travellers=TWO)["features"] == []
    company.post("rollback-purchase", package=one)
    company.post("purchase-offers", offer=two)
    assert taken() == [2]


def test_nobody_sees_another_providers_package(company: Company, shared_specs: Path) -> None:
    code = company.buy()
    other = Company(shared_specs, "Other Ltd")
    for collection in ("packages", "travel-documents"):
        assert refused(other.items(collection, 404, packageId=code)) == [3204]
    for process in ("confirm-purchase", "rollback-purchase", "extend-expiry-time", "purchase-package"):
        assert refused(other.post(process, 404, package=code)) == [3204]
    assert refused(other.post("purchase-offers", 404, offer=code)) == [3204]
    company.base = "/tomp/v2/operators/sea"
    assert refused(company.items("packages", 404, packageId=code)) == [3204], "another operator's counter"
    company.base = "/tomp/v2/operators/bus"
    assert company.status(code) == "CONFIRMED"
    company.base = "/tomp/v2/operators/nobody"
    assert refused(company.items("packages", 404, packageId=code)) == [7204]


def test_the_same_key_is_one_sale(company: Company) -> None:
    code, key = company.offer(), {"Idempotency-Key": "k-1"}
    first = company.post("purchase-offers", headers=key, offer=code)
    assert company.post("purchase-offers", headers=key, offer=code) == first
    assert "Expires" in company.last
    assert refused(company.post("purchase-offers", 422, headers=key, offer=company.offer())) == [7509]
    rush, url = company.offer(), "/tomp/v2/processes/purchase-offers/execution"

    def ask(_: int) -> Any:
        try:
            body = {"inputs": {"offer": rush}}
            sent = {"Accept-Language": "en", "Idempotency-Key": "k-2"}
            return company.client.post(url, body, content_type="application/json", headers=sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(50)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.status_code == 200 for answer in answers)
    assert all(answer["Retry-After"] for answer in answers if answer.status_code == 409)
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers if answer.status_code == 200}) == 1
    assert Reservation.objects.filter(offer__code=rush).count() == 1
    assert taken() == [2]


def test_the_last_seat_is_sold_once(market: Market, company: Company) -> None:
    market.buy("bus:H", "bus:Q", "10:00")
    code = company.offer(travellers=TWO)
    order = market.accept(market.ask("bus:H", "bus:Q", "10:00"))

    def resident() -> None:
        try:
            market.work(order, until="NEEDS_ACTION")
        finally:
            connection.close()

    def provider() -> int:
        try:
            url = "/tomp/v2/processes/purchase-offers/execution"
            sent = {"inputs": {"offer": code}}
            return company.client.post(
                url, sent, content_type="application/json", headers={"Accept-Language": "en"}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(resident), pool.submit(provider)
        got, _ = second.result(), first.result()
    assert got in {200, 409}
    held = market.order(order)["status"]["state"] == "NEEDS_ACTION"
    assert held != (got == 200), "one of both"
    assert taken() == [2 if held else 3]
