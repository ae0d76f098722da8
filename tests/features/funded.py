"""A bus ride for 3.50 of which somebody else pays a part: the budgets of a region as stories set them."""

from __future__ import annotations

from typing import Any

from bookings.models import Offer
from bookings.services import subsidies
from bookings.services.subsidies import FundedRide
from tests.features.coast import BUS
from tests.features.market import Market
from tests.features.town import Json
from transit.ondemand.rules import Subsidy

REGION = "region:coast"


def open_market(market: Market) -> None:
    """The bus sells; a tenth is kept of what is given back."""
    market.publish(bus=BUS)
    market.sells("bus", refund_fee_basis_points=1000)


def ask(
    market: Market,
    *,
    person: str = "user:1",
    group: str = "senior",
    purpose: str = "",
    region: str = "coast",
    **rule: Any,
) -> Json:
    """The offer of the bus, with what the subsidy `half` of the service `call` gives of it."""
    offer = market.ask("bus:H", "bus:Q", "10:00")
    fields: dict[str, Any] = {"code": "half", "payer": REGION, "share_basis_points": 5000}
    row = Offer.objects.get(code=offer["code"])
    ride = FundedRide(
        service_code="call" if region == "coast" else f"call-{region}", region_code=region,
        subsidies=(Subsidy(**(fields | rule)),), groups=(group,), purpose=purpose,
        day=row.journey.start_at.date(), starts_at=row.journey.start_at, person=person,
        timezone="Europe/Helsinki",
    )  # fmt: skip
    subsidies.offer(list(row.parts.get().products.all()), ride, "EUR")
    return market.get(f"offers/{offer['code']}")


def buy(market: Market, **how: Any) -> str:
    """The order's code, paid and sold."""
    code = market.accept(ask(market, **how))
    if market.order(code)["status"]["price"]["minor"]:
        market.pay(code)
    market.work(code)
    return code
