"""A provider that is suspended sells nothing more; what it has held and sold it can look up, let go and give back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bookings.models import Ticket
from tests.features.a160_shown_twice import DEPARTURE
from tests.features.coast import BUS
from tests.features.company import Company, refused
from tests.features.market import Market

pytestmark = pytest.mark.db
GIVE_BACK: Any = {"guarantee": "refund-when-cancelled", "option": "refund"}


@pytest.mark.parametrize("decision", ["suspend", "end"])
def test_unwinding_goes_on(market: Market, shared_specs: Path, decision: str) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    company = Company(shared_specs)
    offered, held, sold, corrected = company.offer(), company.offer(), company.buy(), company.buy()
    company.post("purchase-offers", offer=held)
    company.decide(decision, why="complaints")
    more: list[tuple[str, dict[str, Any]]] = [
        ("purchase-offers", {"offer": offered}),
        ("confirm-purchase", {"package": held}),
        ("extend-expiry-time", {"package": held, "reason": "PAYMENT_PENDING"}),
    ]
    for process, inputs in more:
        assert refused(company.post(process, 403, valid=False, **inputs)) == [7006], process
    assert company.status(held) == "PENDING"
    assert company.post("rollback-purchase", package=held)["properties"]["status"] == "ROLLBACK"
    assert company.post("cancel-package", package=corrected)["properties"]["status"] == "CANCELLED"
    assert company.items("redress-options", packageId=sold)["features"]
    company.post("claim-redress-option", package=sold, **GIVE_BACK)
    assert company.post("confirm-redress-option", package=sold, **GIVE_BACK)["properties"]["status"] == "CANCELLED"
    assert {ticket.state for ticket in Ticket.objects.all()} == {"VOID"}


def test_what_was_sold_is_ridden(market: Market, shared_specs: Path) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    company = Company(shared_specs)
    code = company.buy()
    product = company.items("packages", packageId=code)["properties"]["legs"][0]["products"][0]
    company.decide("suspend", why="complaints")
    market.clock.move_to(DEPARTURE)
    company.client = company.system.client()
    begun = company.post("initiate-leg-product", package=code, product=product)
    assert begun["properties"]["legs"][0]["status"] == "IN_USE"
    assert company.post("end-leg", leg=f"{code}.1")["properties"]["status"] == "ENDED"


def test_who_was_never_licensed_is_told_so(market: Market, shared_specs: Path) -> None:
    company = Company(shared_specs, licensed=False)
    assert refused(company.items("packages", 403, packageId="nothing")) == [7006]
