"""Where a journey could not be booked, the resident is told why in a sentence, and where to go on."""

import pytest

from tests.features import lines
from tests.features.browser import Browser
from tests.features.market import Market

pytestmark = pytest.mark.db

SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F ferry F 12:40 I 13:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def code(market: Market) -> str:
    """An order for a ferry that is full by the time it is reserved."""
    market.publish(sea=SEA)
    market.sells_itself("sea", SEA)
    browser = Browser()
    market.client = browser.client
    code = market.accept(market.ask("sea:F", "sea:I", "10:00", "senior"))
    market.fault("sea", path="purchase-offers", kind="sold_out")
    assert market.work(code) == "FAILED (sold_out) charged 0.00: sea RELEASED"
    return code


def test_the_api_names_searches_that_may_help(market: Market, code: str) -> None:
    found = market.order(code)["alternatives"]
    assert [each["kind"] for each in found] == ["later", "other_way"]
    answer = market.client.get(found[0]["url"]).json()
    rides = [each for each in answer["itineraries"] if each["legs"][-1]["service"] or len(each["legs"]) > 1]
    assert [lines.clock(rides[0]["legs"][0]["start_at"])] == ["12:40"]


def test_the_page_leads_to_the_next_ferry(market: Market, code: str) -> None:
    browser = Browser(market.client)
    assert "A part of this journey is sold out." in browser.go(f"/orders/{code}")
    page = browser.click("See later departures")
    assert "12:40 – 13:10" in page
    assert "10:40 – 11:10" not in page
    assert "1 senior" in page.lower()


def test_an_order_that_is_booked_needs_none(market: Market) -> None:
    market.publish(sea=SEA)
    market.sells_itself("sea", SEA)
    code = market.buy("sea:F", "sea:I", "10:00")
    assert market.order(code)["alternatives"] == []
