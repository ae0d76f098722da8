"""Who looks for less CO2 is told of what runs now: late, and in vehicles that go on as others."""

from tests.features.now import Now

ALL = {"criteria": "price,co2,walking", "window": "3600"}


def test_the_tram_that_is_late(now: Now) -> None:
    now.says("trip 2-1 C+600")
    (found,) = now.journeys("C", "E", at="10:31", **ALL)
    assert found == "10:55 Tram 2 Square (1)–End 11:15 [planned 10:45]"
    (row,) = [each for each in now.town.plan("bus:C", "bus:E", "10:31", **ALL) if each["vehicles"]]
    assert row["co2_g"] == round(29 * row["legs"][0]["distance_m"] / 1000)


def test_in_one_seat(now: Now) -> None:
    now.says("trip 3-0 B+600")
    assert now.journeys("B", "D", at="11:55", **ALL) == [
        "12:10 Bus 3 Bridge–Airport 12:30 [planned 12:00] > 12:30 Bus 4 Airport–Docks 12:50 [planned 12:25]"
    ]
