"""A network is slow and a button is pressed twice: it is one order all the same (Idempotency-Key)."""

import threading
from typing import Any

import httpx
import pytest

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
KEY = "a fresh random text"


def test_the_same_key(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    body = {"offer": market.ask("bus:H", "bus:Q", "10:00")["code"]}
    other = {"offer": market.ask("bus:H", "bus:Q", "10:00")["code"]}
    first = market.post("orders", body, 201, key=KEY)
    assert market.post("orders", body, 201, key=KEY) == first
    assert market.post("orders", other, 422, key=KEY)["code"] == "key_reused"
    assert market.post("orders", body, 400)["errors"][0]["field"] == "Idempotency-Key"
    market.pay(first["code"])
    assert market.work(first["code"]).startswith("COMPLETED charged 3.50")
    assert market.post("orders", body, 201, key=KEY) == first
    assert market.money() == "captured 3.50, authorised 0.00, refunded 0.00"


def test_pressed_by_many_fingers(market: Market, live_server: Any) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    body = {"offer": market.ask("bus:H", "bus:Q", "10:00")["code"]}
    session = {"sessionid": market.client.cookies["sessionid"].value}
    answers: list[httpx.Response] = []

    def press() -> None:
        with httpx.Client(cookies=session, trust_env=False, timeout=30) as browser:
            answers.append(
                browser.post(f"{live_server.url}/api/v1/orders", json=body, headers={"Idempotency-Key": KEY})
            )

    fingers = [threading.Thread(target=press) for _ in range(8)]
    for finger in fingers:
        finger.start()
    for finger in fingers:
        finger.join()
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 201}
    assert len(codes) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} <= {"in_flight"}
    (code,) = codes
    market.pay(code)
    market.work(code)
    assert market.money() == "captured 3.50, authorised 0.00, refunded 0.00"
