"""Two operators, each paid in cash by its own driver: amends are of the one that has not kept its promise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bookings.models import Bill, WayToPay
from tests.features import riding
from tests.features.a451_promises_and_amends import CONDUCT, TWO, alone
from tests.features.driving import Driving
from tests.features.market import Market
from tests.features.riding import ANY, CITY, HOME, VALLEY

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_railway_gives_nothing_back_for_the_bus(market: Market, patient: None) -> None:
    market.publish(rail=riding.TRAIN)
    riding.sells_trains()
    riding.release(replace(VALLEY, conduct=CONDUCT, vehicles=TWO))
    for operator in ("rail", "valley"):
        WayToPay.objects.create(provider="cash", operator_code=operator, allowed=True)
    day = Driving(market)
    day.code = market.accept(market.ask(HOME, CITY, "10:00", **ANY), pay_with="cash")
    assert market.work(day.code).startswith("COMPLETED charged 0.00: valley CONFIRMED, rail CONFIRMED")
    day.goes_to("09:40")
    shift = day.takes()
    alone(day, shift)
    assert day.does(shift, "delay", minutes=60) == "done"
    market.work(day.code)
    day.drives(shift)
    market.work(day.code)
    bills = {bill.operator_code: (bill.amount_minor, bill.credited_minor) for bill in Bill.objects.all()}
    assert bills == {"rail": (500, 0), "valley": (150, 75)}
