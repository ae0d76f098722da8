"""A tram that leaves from another platform is boarded there."""

from tests.features.now import Now


def test_platform(now: Now) -> None:
    (planned,) = now.town.plan("bus:C", "bus:E", "10:26")
    now.says("trip 2-0 C>C2")
    (found,) = now.journeys("S", "E", at="10:26")
    assert found == "10:30 Tram 2 Square (2)–End 10:50 [on time, not platform 1]"
    assert now.board("S", at="10:26", limit=1) == ["10:30 Tram 2 to E (2) [on time, not platform 1]"]
    assert now.journeys()[0].endswith("10:30 Tram 2 Square (2)–End 10:50 [on time, not platform 1]")
    assert "Platform 2 instead of 1" in now.page("itinerary", token=planned["token"])
