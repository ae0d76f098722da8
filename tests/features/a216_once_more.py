"""A trip that runs once more, at another time, is a trip of its own with the stops and pace of the first."""

from tests.features.now import Now


def test_duplicated(now: Now) -> None:
    now.says("copy 1-0 as=1-0-again at=10:20:00 B+60")
    assert now.board() == [
        "10:05 Bus 1 to C",
        "10:20 Bus 1 to C [added]",
        "10:35 Bus 1 to C",
    ]
    (found,) = now.journeys(destination="C", at="10:10")
    assert found == "10:20 Bus 1 Airport–Square (1) 10:41 [added]"
    (again,) = now.town.plan("bus:A", "bus:C", "10:10")
    assert again["legs"][0]["service"]["trip_id"] == "bus:1-0-again"
    assert "10:41" in now.page("itinerary", token=again["token"])
