"""One operator's part is given back, the rest stays; rules are steps: the earlier, the cheaper."""

import pytest

from bookings.ledger.posting import balance
from tests.features import lines
from tests.features.a27_cancelling import BUS, SEA
from tests.features.a106_receipts import receipts
from tests.features.market import Market
from transit.models import RefundStep, Service

pytestmark = pytest.mark.db
HOUR_S = 3600


@pytest.fixture
def code(market: Market) -> str:
    """Bus (free until two hours before, 2.00 or 25 % until one hour, half of it later) and ferry; on the day itself."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=5000, refundable_until_s=60)
    bus = Service.objects.get(agency_id="bus:ag")
    RefundStep.objects.create(service=bus, until_s=2 * HOUR_S)
    RefundStep.objects.create(service=bus, until_s=HOUR_S, fee_basis_points=2500, fee_minor=100)
    market.sells_itself("sea", SEA)
    code = market.buy("bus:H", "sea:I", "10:00")
    market.clock.shift(24 * HOUR_S)
    return code


def quotes(market: Market, code: str) -> list[str]:
    found = market.get(f"orders/{code}/cancellation")
    return [
        f"{each['seq']}: fee {each['fee']['minor']}, back {each['refund']['minor']} {each['obstacle']}".strip()
        for each in found["bookings"]
    ]


def test_each_step_of_an_operators_rule(market: Market, code: str) -> None:
    assert quotes(market, code) == ["1: fee 100, back 250", "2: fee 0, back 420"], "an hour and six minutes before"
    RefundStep.objects.filter(until_s=2 * HOUR_S).update(until_s=HOUR_S + 60)
    assert quotes(market, code)[0] == "1: fee 0, back 350"
    market.clock.shift(10 * 60)
    assert quotes(market, code)[0] == "1: fee 175, back 175"
    market.clock.shift(56 * 60)
    assert quotes(market, code)[0] == "1: fee 350, back 0 not_cancellable"


def test_only_the_ferry_is_given_back(market: Market, code: str) -> None:
    page = market.client.get(f"/orders/{code}/cancel").content.decode()
    assert page.index("Cancel only a part") < page.index("Fee €1.00, you get back €2.50") < page.index("?booking=2")
    one = market.client.get(f"/orders/{code}/cancel?booking=2").content.decode()
    assert "The rest of your booking stays as it is." in one
    assert "€4.20" in one
    refused = market.client.post(f"/orders/{code}/cancel?booking=1", {"fee": "0"}).content.decode()
    assert "The cancellation fee has changed. Please look at it again." in refused
    assert "€1.00" in refused
    market.client.post(f"/orders/{code}/cancel?booking=2", {"fee": "0"})
    now = market.work(code, until="COMPLETED")
    assert now == "COMPLETED charged 3.50: bus CONFIRMED, sea CANCELLED; tickets ISSUED, VOID"
    assert market.money() == "captured 7.70, authorised 0.00, refunded 4.20"
    assert (market.packages("sea"), balance("rider_refund_payable", "EUR").minor) == (["CANCELLED"], 0)
    shown = market.client.get(f"/orders/{code}").content.decode()
    assert "A part of this booking was cancelled: Sea Ltd" in shown
    assert [each["state"] for each in market.order(code)["bookings"]] == ["CONFIRMED", "CANCELLED"]

    assert quotes(market, code) == ["1: fee 100, back 250"]
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 99, "currency": "EUR"}}, 409)
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 100, "currency": "EUR"}}, 202)
    assert market.work(code) == "CANCELLED charged 1.00: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    assert market.money() == "captured 7.70, authorised 0.00, refunded 6.70"
    assert [each["kind"] for each in receipts(market, code)] == ["sale", "sale", "credit", "credit"]


def test_what_is_not_part_of_it_is_not_given_back(market: Market, code: str) -> None:
    nothing = {"fee": {"minor": 0, "currency": "EUR"}}
    for seqs in ([3], [2, 3]):
        assert (
            market.post(f"orders/{code}/cancellation", nothing | {"bookings": seqs}, 409)["code"] == "not_cancellable"
        )
    market.post(f"orders/{code}/cancellation", nothing | {"bookings": []}, 400)
    market.post(f"orders/{code}/cancellation", nothing | {"bookings": [2]}, 202)
    market.work(code, until="COMPLETED")
    assert market.post(f"orders/{code}/cancellation", nothing | {"bookings": [2]}, 409)["code"] == "not_cancellable"
    assert lines.order(market.order(code)).startswith("COMPLETED charged 3.50")
