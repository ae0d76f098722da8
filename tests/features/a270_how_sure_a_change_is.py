"""How sure a change is, from how late the line has been; who would miss a tight one reads what is next."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.features import lines
from tests.features.now import Now
from tests.features.town import Town
from transit.models import DelayCount
from transit.models.delay import DayKind

LAKE = """
stop A 60.1000 24.9000 Airport
stop B 60.1400 24.9500 Bridge
stop B2 60.1402 24.9502 Bridge, pier
stop E 60.1900 25.0500 End
stop F 60.2600 25.1500 Farm
line 1 bus A 10:05 B 10:25
line 1 bus A 22:05 B 22:25
line 2 tram B 10:28 E 10:50
line 2 tram B 10:48 E 11:10
line 2 tram B 22:28 E 22:50
line 2 tram B 29:10 E 29:30
line 3 bus B 10:45 E 10:58
line 9 ferry A 12:00 B2 12:30
line 9 ferry B2 12:33 F 12:50
line 9 ferry B2 10:28 F 10:40

[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time
B,B2,2,120
B2,B,2,120
"""

TUESDAY = """
[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20261124,20261124
"""


def asked(town: Town, at: str, origin: str = "lake:A", destination: str = "lake:E", **wishes: Any) -> Any:
    (found,) = town.plan(origin, destination, at, reliability="true", **wishes)
    return found


def change(itinerary: Any) -> Any:
    (found,) = [leg["transfer"] for leg in itinerary["legs"] if leg["transfer"]]
    return found


def next_one(transfer: Any) -> str:
    found = transfer["fallback"]
    return f"{lines.clock(found['departs_at'])} {found['mode']} {found['line']} {lines.clock(found['arrives_at'])}"


def seen(route: str, stop: str, counts: dict[int, int], hour: int = 10) -> None:
    """So many arrivals by bucket of a Tuesday's hour."""
    DelayCount.objects.bulk_create(
        DelayCount(route_id=route, stop_id=stop, day_kind=DayKind.WEEKDAY, hour=hour, bucket=bucket, count=count)
        for bucket, count in counts.items()
    )


def test_nothing_is_known_of_the_line(town: Town) -> None:
    town.publish(lake=LAKE)
    (plain,) = town.plan("lake:A", "lake:E", "10:00")
    assert (plain["reliability"], [leg["transfer"] for leg in plain["legs"]]) == (None, [None, None])
    found = asked(town, "10:00")
    transfer = change(found)
    assert (transfer["source"], transfer["slack_s"], transfer["is_tight"]) == ("prior", 180, True)
    assert transfer["probability"] == found["reliability"] == 0.86
    assert next_one(transfer) == "10:45 bus 3 10:58", "not the tram that leaves first after it but is there later"
    assert not transfer["is_last"]
    direct = asked(town, "10:00", destination="lake:B")
    assert (direct["reliability"], [leg["transfer"] for leg in direct["legs"]]) == (1.0, [None])


def test_history_counts_as_soon_as_there_is_enough(town: Town) -> None:
    town.publish(lake=LAKE)
    seen("lake:1", "lake:B", {1: 9, 7: 10})
    assert change(asked(town, "10:00"))["source"] == "prior", "19 arrivals say too little"
    seen("lake:1", "lake:B", {2: 21}, hour=8)
    seen("lake:1", "lake:E", {9: 900})
    transfer = change(asked(town, "10:00"))
    assert (transfer["source"], transfer["probability"]) == ("history", 0.75), "30 of 40 of all hours"
    seen("lake:1", "lake:B", {2: 21})
    assert change(asked(town, "10:00"))["probability"] == 0.75, "30 of 40 of this hour"
    seen("lake:1", "lake:B", {0: 1000})
    with CaptureQueriesContext(connection) as made:
        transfer = change(asked(town, "10:00"))
    assert (transfer["is_tight"], transfer["fallback"], transfer["is_followed"]) == (False, None, False)
    assert sum("transit_delaycount" in query["sql"] for query in made.captured_queries) == 1


def test_the_walk_takes_its_time_from_the_change(town: Town) -> None:
    town.publish(lake=LAKE)
    found = asked(town, "11:50", destination="lake:F")
    assert change(found)["slack_s"] == 180
    assert [leg["mode"] for leg in found["legs"]] == ["ferry", "ferry"]
    on_foot = asked(town, "10:00", destination="lake:F")
    assert [leg["mode"] for leg in on_foot["legs"]] == ["bus", "walk", "ferry"]
    assert change(on_foot)["slack_s"] == 60, "three minutes, of which two are walked"


def test_the_last_one(town: Town) -> None:
    town.publish(lake=LAKE)
    transfer = change(asked(town, "22:00"))
    assert (next_one(transfer), transfer["is_last"]) == ("05:10 tram 2 05:30", True)


def test_nothing_goes_any_more(town: Town) -> None:
    town.publish(lake=LAKE.replace("line 2 tram B 29:10 E 29:30", "") + TUESDAY)
    (found,) = town.plan("lake:A", "lake:E", "22:00", reliability="true")
    transfer = change(found)
    assert (transfer["fallback"], transfer["is_followed"], transfer["is_last"]) == (None, True, True)
    page = town.client.get(reverse("itinerary"), {"token": found["token"]}).content.decode()
    assert "<p>If you miss it: no later ride today.</p>" in page


def test_what_is_known_now_counts(now: Now) -> None:
    (planned,) = now.town.plan("bus:A", "bus:E", "10:00", reliability="true")
    before = change(planned)
    assert (before["slack_s"], before["is_tight"]) == (300, False)
    now.says("trip 1-0 A=  B+240")
    (late,) = now.town.plan("bus:A", "bus:E", "10:00", reliability="true")
    transfer = change(late)
    assert (transfer["slack_s"], transfer["is_tight"], next_one(transfer)) == (60, True, "10:45 tram 2 11:05")
    assert transfer["probability"] < before["probability"]
    page = now.page("itinerary", token=late["token"])
    assert "The chance of catching it is about" in page
    assert "If you miss it: Tram 2 at 10:45, you arrive at 11:05." in page


def test_the_page_says_it_in_three_languages(town: Town) -> None:
    town.publish(lake=LAKE)

    def page(at: str, language: str) -> str:
        (found,) = town.plan("lake:A", "lake:E", at)
        asked = {"token": found["token"]}
        answer = town.client.get(reverse("itinerary"), asked, headers={"Accept-Language": language})
        return answer.content.decode()

    assert "about 8 out of 10" in page("10:00", "en")
    assert "If you miss it: Bus 3 at 10:45, you arrive at 10:58." in page("10:00", "en")
    assert "Jos et ehdi: Bussi 3 klo 10.45, olet perillä klo 10.58." in page("10:00", "fi")
    assert "間に合わなかったときは、10:45のバス3に乗り、10:58に着きます。" in page("10:00", "ja").replace(" ", "")
    assert "If you miss it: no later ride today. The next one is Tram 2, Wed 25 Nov at 05:10." in page("22:00", "en")
