"""A trip that is replaced runs by its new stops in place of the old ones."""

from tests.features.now import Now


def test_replaced(now: Now) -> None:
    (planned,) = now.town.plan("bus:A", "bus:C", "10:00")
    (left_out,) = now.town.plan("bus:B", "bus:C", "10:00")
    now.says("replacement 1-0 A@10:06 D@10:20 C@10:40")
    assert now.journeys(destination="D") == ["10:06 Bus 1 Airport–Docks 10:20 [replaced]"]
    assert now.journeys("B", "C", at="10:10") == ["10:45 Bus 1 Bridge–Square (1) 10:55"]
    assert now.board("B", at="10:10")[0] == "10:15 Bus 1 to C [cancelled]"
    page = now.page("itinerary", token=planned["token"])
    assert "By another way than in the timetable" in page
    assert now.offered(left_out["token"])["code"] == "itinerary_changed"
