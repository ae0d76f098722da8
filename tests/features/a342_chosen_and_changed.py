"""Before it buys, a provider holds what it has chosen and changes it: people, times, extras; nothing is lost by it."""

from pathlib import Path
from typing import Any

import pytest

from bookings.models import Ancillary, Capacity, OfferProduct, Ticket
from tests.features.company import Company, refused
from tests.features.market import Market

pytestmark = pytest.mark.db
LINES = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20
line 1 bus H 10:36 Q 10:50
line 2 bus Q 11:06 H 11:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
single,3.50,EUR,1,0
"""
BACK = "2026-11-24T09:00:00Z"


@pytest.fixture
def company(market: Market, shared_specs: Path) -> Company:
    market.publish(bus=LINES)
    market.sells("bus", seats_per_departure=2)
    Ancillary.objects.create(agency_id="bus:ag", code="bicycle", name="Bicycle", price_minor=150, currency="EUR")
    return Company(shared_specs)


def select(company: Company, *offers: str) -> tuple[str, Any]:
    found = company.post("select-offers", offers=list(offers))
    return found["properties"]["id"], found


def taken() -> dict[str, int]:
    return {row.key.partition(":")[2].partition("@")[0]: row.taken for row in Capacity.objects.filter(taken__gt=0)}


def test_there_and_back_in_one_package(company: Company) -> None:
    there, back = company.offer(), company.offer("bus:Q", "bus:H", BACK)
    code, held = select(company, there, back)
    assert held["properties"]["status"] == "OFFERED"
    assert {link["rel"] for link in held["links"]} == {"purchase-package", "release-package", "extend-expiry-time"}
    assert [leg["id"] for leg in held["properties"]["legs"]] == [f"{code}.1", f"{code}.2"]
    assert (held["properties"]["price"]["amount"], taken()) == (7.0, {"1-0": 1, "2-0": 1})
    changed = company.post("remove-offer", package=code, offer=back)
    assert (changed["properties"]["price"]["amount"], taken()) == (3.5, {"1-0": 1})
    assert refused(company.post("remove-offer", 403, package=code, offer=there)) == [3004]
    assert refused(company.post("purchase-offers", 404, offer="nothing")) == [3204]
    assert company.post("purchase-package", package=code)["properties"]["status"] == "PENDING"
    assert refused(company.post("remove-offer", 403, package=code, offer=there)) == [3004]
    assert company.post("confirm-purchase", package=code)["properties"]["status"] == "CONFIRMED"
    assert Ticket.objects.count() == 1


def test_another_departure(company: Company) -> None:
    code, _ = select(company, company.offer())
    later = company.post("update-travel-specification", package=code, startTime="2026-11-24T08:30:00Z")
    assert later["properties"]["legs"][0]["specification"]["startTime"] == "2026-11-24T08:36:00Z"
    assert taken() == {"1-1": 1}
    nothing: Any = {"package": code, "startTime": "2026-11-24T18:00:00Z"}
    assert refused(company.post("update-travel-specification", 409, **nothing)) == [3503]
    assert taken() == {"1-1": 1}
    early = company.post("update-travel-specification", package=code, leg=f"{code}.1", endTime="2026-11-24T08:25:00Z")
    assert early["properties"]["legs"][0]["specification"]["startTime"] == "2026-11-24T08:06:00Z"


def test_somebody_else_rides(company: Company) -> None:
    people = [{"type": "traveller", "id": "8a6e2f0e-7c1b-4a53-9c41-0d2f6f6f7a01"}]
    code, _ = select(company, company.offer(travellers=people))
    changed = company.post("update-traveller", package=code, traveller=people[0]["id"], age=9, fullName="Anna Example")
    assert changed["properties"]["definitions"]["travellers"][0]["profile"] == "child"
    assert changed["properties"]["legs"][0]["travellers"] == [people[0]["id"]]
    assert "Anna" not in str(list(OfferProduct.objects.values()))
    assert refused(company.post("update-traveller", 404, package=code, traveller="nobody", age=9)) == [3204]


def test_a_bicycle(company: Company) -> None:
    code, held = select(company, company.offer())
    leg = held["properties"]["legs"][0]["id"]
    (extra,) = company.items("ancillaries", packageId=code, legId=leg)["features"]
    assert (extra["id"], extra["properties"]["fee"]["amount"]) == ("bicycle", 1.5)
    changed = company.post("assign-ancillary", package=code, leg=leg, ancillary="bicycle")["properties"]
    assert (changed["price"]["amount"], changed["legs"][0]["ancillaries"], taken()) == (5.0, ["bicycle"], {"1-0": 1})
    assert [element["appliesTo"] for element in changed["price"]["elements"]] == ["FARE", "ANCILLARY"]
    without = company.post("assign-ancillary", package=code, leg=leg, replacesAncillary="bicycle")["properties"]
    assert (without["price"]["amount"], without["legs"][0]["ancillaries"]) == (3.5, [])
    assert refused(company.post("assign-ancillary", 404, package=code, leg=leg, ancillary="boat")) == [3204]
    company.post("assign-ancillary", package=code, leg=leg, ancillary="bicycle")
    company.post("purchase-package", package=code)
    company.post("confirm-purchase", package=code)
    documents = company.items("travel-documents", packageId=code)["features"]
    assert len(documents) == 2, "inspectors see a ticket for the bicycle, too"


def test_a_change_that_fails_loses_nothing(company: Company) -> None:
    full = [company.offer(at="2026-11-24T08:30:00Z") for _ in range(2)]
    code, before = select(company, company.offer())
    for offer in full:
        company.post("purchase-offers", offer=offer)
    later: Any = {"package": code, "startTime": "2026-11-24T08:30:00Z"}
    assert refused(company.post("update-travel-specification", 409, **later)) == [3503]
    assert company.items("packages", packageId=code)["properties"] == before["properties"]
    assert company.post("release-package", package=code)["properties"]["status"] == "RELEASED"
    assert taken() == {"1-1": 2}
    assert refused(company.post("purchase-package", 403, package=code)) == [3004]
