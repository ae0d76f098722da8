"""After five minutes what was said is perhaps outdated; after a quarter of an hour the timetable alone holds."""

from tests.features.now import Now


def test_stale_and_dropped(now: Now) -> None:
    now.says("trip 1-0 A+180")
    now.later(6)
    assert now.journeys(destination="C") == ["10:08 Bus 1 Airport–Square (1) 10:28 [planned 10:05, perhaps outdated]"]
    assert "Perhaps outdated" in now.page("departures", stop="bus:A")
    now.says("trip 1-0 A+240")
    assert now.journeys(destination="C")[0].endswith("[planned 10:05]")
    now.later(16)
    assert now.journeys(destination="C") == ["10:05 Bus 1 Airport–Square (1) 10:25"]
    assert now.board()[:1] == ["10:05 Bus 1 to C"]
