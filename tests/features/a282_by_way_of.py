"""By way of a place, with a stay there: the parts fit together, the stay is shown, and all of it is booked as one."""

from typing import Any

import pytest

from tests.features import lines
from tests.features.market import Market
from tests.features.now import Now
from tests.features.town import TODAY, Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.1000 24.9000 Harbour
stop M 60.1900 24.9500 Market
stop N 60.1920 24.9500 Market North
stop A 60.3000 24.9600 Airport
every 20 until 12:00 line 1 bus H 8:00 M 8:20
every 20 until 12:00 line 2 bus M 8:25 A 8:45
every 60 until 12:00 line 3 bus H 8:10 A 8:30
"""
VIA = {"via": "coast:M", "stay": "1800"}


def test_a_stay_of_half_an_hour(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.plan("coast:H", "coast:A", "08:00", **VIA)
    assert lines.journey(found) == "08:00 Bus 1 Harbour–Market 08:20 > 09:05 Bus 2 Market–Airport 09:25"
    assert [(each["leg"], each["place"]["name"], each["least_s"]) for each in found["stays"]] == [(1, "Market", 1800)]
    assert town.plan("coast:H", "coast:A", "08:00", via="coast:M")[0]["stays"][0]["least_s"] == 0


def test_every_departure_of_a_window(town: Town) -> None:
    """Who leaves later and is there as soon beats who leaves before; pages side by side have each once."""
    town.publish(coast=COAST)
    asked: dict[str, Any] = {"from": "coast:H", "to": "coast:A", "time": f"{TODAY}T08:00", "window": "7200"}
    asked |= {"modes": "bus", **VIA}
    whole = [times(each) for each in town.get("plan", **asked)["itineraries"]]
    assert [each[:2] for each in whole[:3]] == [("08:00", "08:20"), ("08:20", "08:40"), ("08:40", "09:00")]
    assert [each[2:] for each in whole[:3]] == [("09:05", "09:25"), ("09:25", "09:45"), ("09:45", "10:05")]
    assert len(whole) == 7
    page: Any = town.get("plan", **asked, limit="2")
    shown = list[tuple[str, ...]]()
    while len(shown) < 7:
        shown += [times(each) for each in page["itineraries"]]
        page = town.client.get(page["later"]).json()
    assert shown[:7] == whole


def times(itinerary: Any) -> tuple[str, ...]:
    return tuple(lines.clock(leg[at]) for leg in itinerary["legs"] for at in ("start_at", "end_at"))


def test_arriving_by_a_time(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.journeys("coast:H", "coast:A", "10:00", arrive_by="true", **VIA)
    assert found == "08:20 Bus 1 Harbour–Market 08:40 > 09:25 Bus 2 Market–Airport 09:45"


def test_on_foot_to_the_place(town: Town) -> None:
    """One sets out so that the stay is as long as was asked, not longer."""
    town.publish(coast=COAST)
    (found,) = town.journeys("60.1930,24.9500", "coast:A", "08:00", **VIA)
    assert found == "08:09 walk 6' > 08:45 Bus 2 Market–Airport 09:05"


def test_through_the_night(town: Town) -> None:
    town.publish(coast=COAST)
    asked = {"via": "coast:M", "stay": "39600"}
    (found,) = town.journeys("coast:H", "coast:A", "12:00", **asked)
    assert found == "12:00 Bus 1 Harbour–Market 12:20 > 08:25 Bus 2 Market–Airport 08:45"


def test_two_places_and_too_many(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.plan("coast:H", "coast:A", "08:00", via=["coast:M", "coast:N"], stay=["600", "1200"])
    assert [(each["leg"], each["least_s"]) for each in found["stays"]] == [(1, 600), (2, 1200)]
    many = town.get("plan", status=400, **{"from": "coast:H", "to": "coast:A"}, via=["coast:M"] * 4)
    assert [each["field"] for each in many["errors"]] == ["via"]
    stays = town.get("plan", status=400, **{"from": "coast:H", "to": "coast:A"}, stay=["60"])
    assert [each["field"] for each in stays["errors"]] == ["stay"]


def asked_on_the_page(**more: str) -> dict[str, str]:
    ends = {"from_at": "60.1,24.9~coast:H~Harbour", "to_at": "60.3,24.96~coast:A~Airport"}
    via = {"via_at": "60.19,24.95~coast:M~Market", "via_text": "Market", "stay": "60"}
    return ends | via | {"when": "leave", "date": TODAY, "time": "08:00"} | more


def test_on_the_page(town: Town) -> None:
    town.publish(coast=COAST)
    page = town.client.get("/journeys", asked_on_the_page()).content.decode()
    assert "1 h 5 min at Market" in page
    form = town.client.get("/", asked_on_the_page()).content.decode()
    assert '<details class="field" id="via" open>' in form
    assert '<option value="60" selected>' in form
    swapped = town.client.get("/", asked_on_the_page(swap="1")).content.decode()
    assert 'value="60.19000,24.95000~coast:M~Market"' in swapped or "coast:M" in swapped
    (found, *_) = town.plan("coast:H", "coast:A", "08:00", via="coast:M", stay="3600")
    journey = town.client.get("/journey", {"token": found["token"]}).content.decode()
    assert "You stay here 1 h 5 min" in journey
    assert "Wait here" not in journey


def test_which_place_is_asked(town: Town) -> None:
    town.publish(coast=COAST)
    page = town.client.get("/journeys", asked_on_the_page(via_at="", via_text="Mark")).content.decode()
    assert 'name="via_at"' in page
    nothing = town.client.get("/journeys", asked_on_the_page(via_at="", via_text="")).content.decode()
    assert "08:10" in nothing


def test_a_late_bus_takes_nobody_s_connection_unseen(now: Now) -> None:
    """The stay becomes shorter; where the bus on has left, that is said."""
    now.town.publish(bus=COAST)
    token = now.town.plan("bus:H", "bus:A", "08:00", via="bus:M", stay="1800")[0]["token"]
    now.says("trip 1-0 M+1200")
    late = now.offered(token)
    assert late.get("code") != "itinerary_changed", late
    now.says("trip 1-0 M+3600")
    assert now.offered(token)["code"] == "itinerary_changed"


BUS = """
stop H 60.1500 24.9000 Satama
stop Q 60.1900 24.9500 Laituri
line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F2 ferry I 14:00 F 14:30

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


def test_bought_as_one(market: Market) -> None:
    """Who sells from one place to another is asked before the stay and after it."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    (found, *_) = market.plan("bus:H", "sea:F", "10:00", via="sea:I", stay="7200")
    offer = market.post("offers", {"token": found["token"], "travellers": [{"category": "adult"}]}, 201)
    assert lines.offer(offer) == "11.90 EUR: Bus Ltd 3.50 (hour), Sea Ltd 4.20 (crossing), Sea Ltd 4.20 (crossing)"
