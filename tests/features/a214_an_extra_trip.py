"""A trip that is in no timetable is found, and can be looked up again."""

from tests.features.now import Now


def test_new(now: Now) -> None:
    now.says("new extra route=1 A@10:10 C@10:22 D@10:35")
    assert now.journeys(destination="D") == ["10:10 Bus 1 Airport–Docks 10:35 [added]"]
    assert now.board()[1] == "10:10 Bus 1 to Docks [added]"
    (found,) = now.town.plan("bus:A", "bus:D", "10:06")
    assert (found["legs"][0]["service"]["trip_id"], found["legs"][0]["delay_s"]) == ("bus:extra", None)
    assert "Extra, not in the timetable" in now.page("itinerary", token=found["token"])
    now.says("new extra route=1 A@10:12 C@10:22 D@10:35")
    assert "10:12" in now.page("itinerary", token=found["token"])
    now.says("new extra route=nowhere A@10:12 D@10:35")
    assert now.journeys(destination="D")[0].startswith("10:05")
    now.page("itinerary", status=410, token=found["token"])
