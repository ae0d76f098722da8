"""A late bus is found and shown with its delay, and what was proposed before is found again."""

from tests.features.now import Now


def test_late(now: Now) -> None:
    planned = now.town.plan("bus:A", "bus:C", "10:00")[0]
    assert (planned["legs"][0]["realtime"], planned["legs"][0]["delay_s"]) == (None, None)
    now.says("trip 1-0 A+180 C+60")
    assert now.journeys(destination="C") == ["10:08 Bus 1 Airport–Square (1) 10:26 [planned 10:05]"]
    (leg,) = [leg for leg in now.town.plan("bus:A", "bus:C", "10:06")[0]["legs"] if leg["service"]]
    assert (leg["delay_s"], leg["calls"][0]["departure_at"][11:16]) == (180, "10:18")
    assert leg["calls"][0]["scheduled_departure_at"][11:16] == "10:15"
    assert now.board(at="10:06") == [
        "10:08 Bus 1 to C [planned 10:05]",
        "10:35 Bus 1 to C",
        "12:25 Bus 4 to D",
    ]
    page = now.page("itinerary", token=planned["token"])
    assert "10:08" in page
    assert "3 min late" in page
    assert "1 min late" in page
    assert "3 min late" in now.page("departures", stop="bus:A", clock="10:06")


def test_early(now: Now) -> None:
    now.says("trip 1-0 A-120")
    assert now.journeys(destination="C") == ["10:03 Bus 1 Airport–Square (1) 10:23 [planned 10:05]"]
    assert now.journeys(destination="C", at="10:04")[0].startswith("10:35")
    assert "2 min early" in now.page("departures", stop="bus:A", clock="10:00")


def test_in_one_seat(now: Now) -> None:
    """The second trip of a vehicle is late by what the first one is, be nothing said of it."""
    now.says("trip 3-0 B+600")
    assert now.journeys("B", "D", at="11:55") == [
        "12:10 Bus 3 Bridge–Airport 12:30 [planned 12:00] > 12:30 Bus 4 Airport–Docks 12:50 [planned 12:25]"
    ]
    now.says("trip 3-0 B+600\ncancelled 4-0")
    assert now.journeys("B", "A", at="11:55") == ["12:10 Bus 3 Bridge–Airport 12:30 [planned 12:00]"]
    assert now.board(at="12:00")[0] == "12:25 Bus 4 to D [cancelled]"
