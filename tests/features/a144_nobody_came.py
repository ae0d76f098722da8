"""The operator says that nobody came: it keeps what its rule says, and the resident may say otherwise."""

import pytest

from bookings.ledger.posting import balance
from bookings.models import Outbox
from tests.features.a27_cancelling import BUS, SEA
from tests.features.a107_statements import member
from tests.features.market import Market
from transit.models import Service

pytestmark = pytest.mark.db
HOUR_S = 3600


@pytest.fixture
def code(market: Market) -> str:
    """Bus, which keeps 60 % of who does not come, and ferry; two minutes after the bus has left."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", no_show_fee_basis_points=6000)
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def test_the_rest_goes_back(market: Market, code: str) -> None:
    driver, said = member("driver", "bus"), {"reference": f"{code}-1"}
    assert market.post("operators/bus/no-shows", said, 409, driver)["code"] == "not_departed"
    market.clock.shift(25 * HOUR_S + 8 * 60)
    ferry = member("driver", "sea")
    for stranger in (ferry, member("inspector", "bus"), market.client):
        market.post("operators/bus/no-shows", said, 404, stranger)
    market.post("operators/sea/no-shows", {"reference": f"{code}-2"}, 404, ferry)
    market.post("operators/bus/no-shows", said, 202, driver)
    assert market.work(code) == "COMPLETED charged 6.30: bus CANCELLED, sea CONFIRMED; tickets VOID, ISSUED"
    assert market.money() == "captured 7.70, authorised 0.00, refunded 1.40"
    assert balance("operator_payable:bus", "EUR").minor == -210
    assert Outbox.objects.filter(topic="order.no_show").count() == 1
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "Bus Ltd says that nobody came for its ride. If that is wrong, please ask for help with this order." in page
    assert "Bus Ltd says that nobody came" in market.client.get(f"/orders/{code}/help").content.decode()


def test_who_keeps_everything_leaves_the_ticket_as_it_is(market: Market, code: str) -> None:
    Service.objects.filter(agency_id="bus:ag").update(no_show_fee_basis_points=10_000)
    market.clock.shift(25 * HOUR_S + 8 * 60)
    driver = member("driver", "bus")
    for _ in range(2):
        market.post("operators/bus/no-shows", {"reference": f"{code}-1"}, 202, driver)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert Outbox.objects.filter(topic="order.no_show").count() == 1


def test_not_after_a_day(market: Market, code: str) -> None:
    market.clock.shift(50 * HOUR_S)
    problem = market.post("operators/bus/no-shows", {"reference": f"{code}-1"}, 409, member("driver", "bus"))
    assert problem["code"] == "too_late"
