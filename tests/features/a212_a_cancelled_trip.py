"""A cancelled trip is not offered, stands struck through on the board, and takes back what was proposed."""

from tests.features.now import Now


def test_cancelled(now: Now) -> None:
    (planned,) = now.town.plan("bus:A", "bus:C", "10:00")
    now.says("cancelled 1-0")
    assert now.journeys(destination="C") == ["10:35 Bus 1 Airport–Square (1) 10:55"]
    assert now.board()[:2] == ["10:05 Bus 1 to C [cancelled]", "10:35 Bus 1 to C"]
    assert now.offered(planned["token"])["legs"] == [0]
    assert "A ride of this journey is cancelled." in now.page("itinerary", status=410, token=planned["token"])
    page = now.page("departures", stop="bus:A", clock="10:00")
    assert page.index("<s>") < page.index("10:05") < page.index("Cancelled")
    now.says("deleted 1-0")
    assert now.board()[:1] == ["10:35 Bus 1 to C"]
