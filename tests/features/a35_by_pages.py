"""The whole way on pages, without JavaScript: search, choose, book, pay, show the ticket, give it back."""

import pytest

from tests.features.browser import Browser
from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Satama
stop Q 60.1900 24.9500 Laituri
line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,ja,港,H
"""


def test_from_the_first_page_to_the_ticket_and_back(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    browser = Browser()
    market.client = browser.client
    browser.go("/?when=leave&date=2026-11-24&time=10:00")
    assert "Which place do you mean?" in browser.press("Show journeys", from_text="satama", to_text="laituri")
    assert "Satama →" in browser.press("Continue")
    assert "Step by step" in browser.click("10:06 – 10:20")
    assert "€3.50" in browser.press("Book and pay")
    browser.press("Pay €3.50", email="rider@example.org")
    code = browser.page.address.split("/")[-2]
    assert market.pay(code) == f"/orders/{code}"
    market.work(code)
    assert "Your journey is booked" in browser.go(f"/orders/{code}")
    assert "Bus 1" in browser.go("/tickets")
    browser.go(f"/orders/{code}")
    assert "You get back €3.50" in browser.click("Cancel the booking")
    browser.press("Cancel the booking")
    assert market.work(code) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"
    assert "€3.50 is paid back in the way you paid." in browser.go(f"/orders/{code}")


def test_in_japanese(market: Market) -> None:
    market.publish(bus=BUS)
    browser = Browser()
    browser.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"
    page = browser.go("/journeys?from_at=60.15,24.9~bus:H~港&to_at=60.19,24.95~bus:Q~Laituri&when=leave"
                      "&date=2026-11-24&time=10:00")  # fmt: skip
    assert "港" in page
    assert "10:06" in page
