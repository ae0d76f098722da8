"""Where a delay breaks a connection the next one is offered, and who was proposed it is told which ride is gone."""

from tests.features.now import Now


def test_missed(now: Now) -> None:
    (planned,) = now.town.plan("bus:A", "bus:E", "10:00")
    assert now.journeys() == ["10:05 Bus 1 Airport–Square (1) 10:25 > 10:30 Tram 2 Square (1)–End 10:50"]
    now.says("trip 1-0 A=  B+600")
    assert now.journeys() == [
        "10:05 Bus 1 Airport–Square (1) 10:35 > 10:45 Tram 2 Square (1)–End 11:05".replace(
            "10:35 >", "10:35 [on time] >"
        )
    ]
    answer = now.offered(planned["token"])
    assert (answer["code"], answer["legs"]) == ("itinerary_changed", [1])
    assert "leaves before you can be there" in now.page("itinerary", status=410, token=planned["token"])
    now.says("trip 1-0 B+600\ntrip 2-0 C+600 D+300")
    assert now.journeys()[0].endswith("10:40 Tram 2 Square (1)–End 10:55 [planned 10:30]")
