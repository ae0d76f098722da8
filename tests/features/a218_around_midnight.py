"""After midnight a delay is one of the service day that began the evening before; no date means the nearest."""

from tests.features.now import Now


def test_midnight(now: Now) -> None:
    now.says("trip N-0 A+1200")
    assert now.journeys("B", "C", at="23:55") == ["00:30 Bus N Bridge–Square (1) 00:40 [planned 00:10]"]
    assert now.journeys("B", "C", at="00:15", day="2026-11-25")[0].startswith("00:30")
    assert now.journeys("B", "C", at="00:05", day="2026-11-26")[0].startswith("00:10")
    now.at("2026-11-24T23:40")
    now.says("trip N-0 day=none B+300")
    assert now.journeys("A", "C", at="23:45") == ["23:50 Bus N Airport–Square (1) 00:25 [on time]"]
