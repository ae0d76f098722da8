"""A stop that the bus passes is no place to board or alight; the delay goes on beyond it."""

from tests.features.now import Now


def test_skipped(now: Now) -> None:
    (planned,) = now.town.plan("bus:B", "bus:C", "10:00")
    now.says("trip 1-0 A+120 B!")
    assert now.journeys("B", "C", at="10:10") == ["10:45 Bus 1 Bridge–Square (1) 10:55"]
    assert now.journeys("A", "C") == ["10:07 Bus 1 Airport–Square (1) 10:27 [planned 10:05]"]
    assert now.board("B", at="10:10")[:2] == ["10:15 Bus 1 to C [cancelled]", "10:45 Bus 1 to C"]
    assert now.offered(planned["token"])["code"] == "itinerary_changed"
    (through,) = now.town.plan("bus:A", "bus:C", "10:00")
    assert [call["is_cancelled"] for leg in through["legs"] for call in leg["calls"]] == [True]
    assert "Does not stop here" in now.page("itinerary", token=through["token"])
