"""What a guest bought is seen in the guest's own browser only; elsewhere there is nothing, not even a refusal."""

import pytest
from django.test import Client

from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""


def test_another_browser(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.buy("bus:H", "bus:Q", "10:00")
    order = market.order(code)
    serial = order["bookings"][0]["tickets"][0]["serial"]
    paths = [f"/offers/{order['offer']}", f"/orders/{code}", f"/orders/{code}/cancel", f"/tickets/{serial}"]
    paths += [f"/api/v1/orders/{code}", f"/api/v1/orders/{code}/cancellation", f"/api/v1/tickets/{serial}"]
    paths += [f"/api/v1/offers/{order['offer']}", f"/api/v1/tickets/{serial}/code.svg"]
    stranger = Client()
    for path in paths:
        assert market.client.get(path).status_code == 200, path
        assert stranger.get(path).status_code == 404, path
    fee = {"fee": {"minor": 0, "currency": "EUR"}}
    assert market.post(f"orders/{code}/cancellation", fee, 404, stranger)["code"] == "not_found"
    assert serial in market.client.get("/tickets").content.decode()
    assert serial not in stranger.get("/tickets").content.decode()
    assert market.order(code)["status"]["state"] == "COMPLETED"
