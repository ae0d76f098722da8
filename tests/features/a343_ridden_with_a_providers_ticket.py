"""Who has bought through a provider rides with a signed ticket of the operator, and the provider hears what happens."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bookings.models import Webhook
from bookings.services import ticket_keys, ticketing
from bookings.tasks import send_messages, sweep_orders
from tests.features.a92_cash_to_the_driver import staff
from tests.features.a120_partners_hear_of_it import Partner, partner, signatures
from tests.features.a160_shown_twice import DEPARTURE, LINE_1, report, seen
from tests.features.company import Company, refused
from tests.features.market import Market

__all__ = ["partner"]
pytestmark = pytest.mark.db


@pytest.fixture
def company(market: Market, partner: Partner, shared_specs: Path) -> Company:
    return Company(shared_specs)


def subscribe(market: Market, company: Company) -> Any:
    hook = {"url": f"{market.remotes['hear']}/hear", "protocol": "tomp"}
    return market.post("webhooks", hook, 201, company.client)


def heard(partner: Partner, company: Company) -> list[Any]:
    send_messages()
    bodies = [json.loads(body) for _, body in partner.came]
    for body in bodies:
        assert not company.schema.request_errors("post", "/processes/notification/execution", body)
    return [body["inputs"] for body in bodies]


def test_the_ticket_is_the_operators(market: Market, company: Company) -> None:
    code = company.offer()
    company.post("purchase-offers", offer=code)
    assert refused(company.items("travel-documents", 403, packageId=code)) == [3004]
    company.post("confirm-purchase", package=code)
    (feature,) = company.items("travel-documents", packageId=code)["features"]
    document = feature["properties"]
    token = base64.b64decode(document["base64"]).decode()
    claims = ticketing.verify(token, ticket_keys.of_jwks(market.get("ticket-keys")), DEPARTURE, "bus")
    assert (claims.serial, claims.legs[0].departs) == (feature["id"], "10:06")
    assert company.items("travel-documents", packageId=code, legId=f"{code}.1")["features"] == [feature]
    driver = staff("driver", "bus")
    listed = driver.get("/api/v1/operators/bus/day-list?date=2026-11-24").json()
    assert [ticket["serial"] for ticket in listed["tickets"]] == [feature["id"]]
    page = driver.get("/inspect/bus/list?date=2026-11-24").content.decode()
    assert feature["id"] in page
    other = staff("driver", "sea")
    assert report(market, other, "b", seen(feature["id"], 0), operator="sea") == ["unknown"]


def test_the_provider_hears_when_it_began(market: Market, company: Company, partner: Partner) -> None:
    hook, code = subscribe(market, company), company.buy()
    serial = company.items("travel-documents", packageId=code)["features"][0]["id"]
    market.clock.move_to(DEPARTURE + timedelta(minutes=2))
    company.client = company.system.client()
    assert report(market, staff("driver", "bus"), "a", seen(serial, 0)) == ["accepted"]
    package = company.items("packages", packageId=code)["properties"]
    assert (package["status"], package["legs"][0]["status"]) == ("STARTED", "IN_USE")
    assert heard(partner, company) == [
        {
            "notificationType": "STARTED",
            "source": "TO",
            "destination": "MP",
            "context": {"package": code, "leg": f"{code}.1"},
        }
    ]
    ((headers, body),) = partner.came
    assert signatures(hook["secret"], headers, body)
    assert company.status(code) == "STARTED"
    market.clock.shift(1800)
    assert company.status(code) == "ENDED"
    wish: Any = {"package": code, "guarantee": "refund-when-cancelled", "option": "refund"}
    assert refused(company.post("claim-redress-option", 409, **wish)) == [6504], "it was used"


def test_the_provider_says_that_it_began(market: Market, company: Company) -> None:
    code = company.buy()
    product = company.items("packages", packageId=code)["properties"]["legs"][0]["products"][0]
    assert refused(company.post("start-leg", 403, leg=f"{code}.1")) == [4004], "not yet"
    assert refused(company.post("start-leg", 404, leg=f"{code}.2")) == [4204]
    market.clock.move_to(DEPARTURE)
    company.client = company.system.client()
    begun = company.post("initiate-leg-product", package=code, product=product)
    assert begun["properties"]["legs"][0]["status"] == "IN_USE"
    assert refused(company.post("initiate-leg-product", 403, package=code, product=product)) == [4004]
    assert refused(company.post("activate-product", 404, package=code, product=product)) == [7204]
    assert refused(company.post("pause-leg", 404, leg=f"{code}.1")) == [7204]
    assert company.post("end-leg", leg=f"{code}.1")["properties"]["status"] == "ENDED"


def test_late_and_cancelled(market: Market, company: Company, partner: Partner) -> None:
    subscribe(market, company)
    code, operator = company.buy(), staff("operator_staff", "bus")
    event: Any = {"trip_id": LINE_1.partition("@")[0], "service_date": "2026-11-24", "delay": "00:12:00"}
    for _ in range(2):
        market.post("operators/bus/trip-events", event, 202, operator)
        sweep_orders()
    (late,) = heard(partner, company)
    assert (late["notificationType"], late["message"]) == ("ETA", "12 min late")
    left_s = (DEPARTURE + timedelta(minutes=12) - datetime.now(UTC)).total_seconds()
    assert abs(late["assetInfo"]["duration"] - left_s) < 60
    del event["delay"]
    market.post("operators/bus/trip-events", event | {"cancelled": True}, 202, operator)
    sweep_orders()
    assert [each["notificationType"] for each in heard(partner, company)] == ["ETA", "WARNING"]
    assert company.status(code) == "CANCELLED"
    assert refused(company.items("travel-documents", 403, packageId=code)) == [3004]
    entries = [each["properties"] for each in company.items("payments", package=code)["features"]]
    assert [(each["amount"], each["category"], each["state"]) for each in entries] == [
        (3.5, "FARE", "INVOICED"),
        (-3.5, "REFUND", "INVOICED"),
    ]


def test_told_again_until_it_is_heard(market: Market, company: Company, partner: Partner) -> None:
    hook = subscribe(market, company)
    code = company.buy()
    partner.always = 500
    operator = staff("operator_staff", "bus")
    market.post("operators/bus/cancelled-bookings", {"reference": f"{code}-1"}, 202, operator)
    for _ in range(3):
        send_messages()
        market.clock.shift(301)
    assert len(partner.came) >= 2
    assert len(partner.ids()) == 1
    company.client = company.system.client()
    log = company.client.get(f"/api/v1/webhooks/{hook['code']}/deliveries").json()
    assert [row["topic"] for row in log] == ["tomp.WARNING"]
    assert company.client.delete(f"/api/v1/webhooks/{hook['code']}").status_code == 204
    assert not Webhook.objects.exists()


def test_nobody_came(market: Market, company: Company, partner: Partner) -> None:
    subscribe(market, company)
    code, driver = company.buy(), staff("driver", "bus")
    said = {"reference": f"{code}-1"}
    assert market.post("operators/bus/no-shows", said, 409, driver)["code"] == "not_departed"
    market.clock.move_to(DEPARTURE + timedelta(hours=2))
    company.client = company.system.client()
    for _ in range(2):
        market.post("operators/bus/no-shows", said, 202, driver)
    assert [each["notificationType"] for each in heard(partner, company)] == ["USER_NO_SHOW"]
    assert company.status(code) == "ENDED", "the operator keeps all of it"
