"""A publisher's mistake does not go live: the timetable waits, officers hear of it, and one of them decides."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from maas.accounts.tasks import send_letters
from tests.features.a107_statements import member
from tests.features.a320_the_network_follows import COAST, ISLES
from tests.features.publisher import Publisher, states
from tests.features.town import Town
from transit.following import publishing
from transit.models import FeedVersion, Interface, Operator, Region
from transit.tasks import follow_feeds, publish_feeds

pytestmark = [pytest.mark.django_db, pytest.mark.db]
HALVED = COAST.replace("every 30", "every 60")
MOVED = COAST.replace("60.190 24.950", "60.390 24.950")
NEXT_YEAR = """[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20270101,20271231
"""
OVER = NEXT_YEAR.replace("20270101,20271231", "20260101,20261031")
SOON = NEXT_YEAR.replace("20270101,20271231", "20260101,20261204")
CAPE = """
stop Q 60.100 24.800 Cape
every 9 until 22:00 line 2 bus H 6:00 Q 6:09
"""
MORNING = ["08:06 Bus 1 Harbour–Market 08:15"]


@pytest.fixture
def coast(town: Town, publisher: Publisher) -> Publisher:
    """What answers, and who decides about it."""
    Region.objects.update(languages=["en"])
    town.publish(coast=COAST, isles=ISLES)
    for name in ("coast", "isles"):
        publisher.is_registered(name)
        operator = Operator.objects.create(code=name, legal_name=f"{name.title()} Ltd", country="FI")
        Interface.objects.filter(name=name).update(operator=operator)
    Operator.objects.filter(code="coast").update(region=Region.objects.get())
    return publisher


def waits(town: Town, coast: Publisher, text: str, before: tuple[str, ...] = ("LIVE",)) -> FeedVersion:
    """A timetable is put out and does not answer."""
    coast.puts_out("coast", text)
    coast.work("coast")
    town.wait_for_pointer()
    assert states("coast") == [*before, "WAITING"]
    assert town.journeys("coast:H", "coast:M", "08:00") == MORNING
    return FeedVersion.objects.get(state="WAITING")


def told() -> str:
    """What officers have been sent since."""
    mail.outbox.clear()
    send_letters()
    send_letters()
    return "\n".join(f"{each.to} {each.subject}\n{each.body}" for each in mail.outbox)


def seen(officer: Client, language: str = "en") -> str:
    """The page as text."""
    page = officer.get("/feeds", headers={"Accept-Language": language}).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_half_of_the_departures_are_gone(town: Town, coast: Publisher) -> None:
    officer = member("region_officer", "coast")
    version = waits(town, coast, HALVED)
    assert "In the next two weeks it has 32 departures a day; the present timetable has 64." in seen(officer)
    assert "Julkaise" in seen(officer, "fi")
    assert "公開" in seen(officer, "ja")
    sent = told()
    assert "A new timetable waits for your decision: coast" in sent
    assert "has 32 departures a day" in sent
    assert told() == "", "once"
    answer = officer.post("/feeds/coast", {"version": version.pk, "decision": "publish"}, follow=True)
    assert "is being published" in answer.content.decode()
    publish_feeds()
    town.wait_for_pointer()
    assert states("coast") == ["RETIRED", "LIVE"]
    assert town.journeys("coast:H", "coast:M", "08:30") == ["09:06 Bus 1 Harbour–Market 09:15"]


def test_without_the_guard_it_would_answer(town: Town, coast: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "doubt_of", lambda *_: None)
    coast.puts_out("coast", HALVED)
    coast.work("coast")
    town.wait_for_pointer()
    assert states("coast") == ["RETIRED", "LIVE"]
    assert town.journeys("coast:H", "coast:M", "08:30") == ["09:06 Bus 1 Harbour–Market 09:15"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (COAST + "\n" + NEXT_YEAR, "it has 0 departures a day; the present timetable has 64"),
        (COAST + "\n" + OVER, "It has ended already, on 31 October 2026"),
        (MOVED, "Of 8 journeys that are found today, only 0 are still found with it. "),
    ],
)
def test_why_a_timetable_waits(town: Town, coast: Publisher, text: str, why: str) -> None:
    waits(town, coast, text)
    assert why in seen(member("platform_staff"))


def test_the_regions_own_searches(town: Town, publisher: Publisher) -> None:
    ends = [{"name": "Quay", "lat": 60.150, "lon": 24.900}, {"name": "Square", "lat": 60.190, "lon": 24.950}]
    Region.objects.update(examples=[ends])
    # A hundred trips to the cape hide that the line to the market is gone.
    town.publish(coast=COAST + CAPE)
    publisher.is_registered("coast")
    publisher.puts_out("coast", "\nstop H 60.150 24.900 Harbour" + CAPE)
    publisher.work("coast")
    page = seen(member("platform_staff"))
    assert "example searches of the region find nothing any more" in page
    assert "Quay – Square, 2026-11-24 06:00 UTC" in page


def test_who_decides(town: Town, coast: Publisher) -> None:
    version = waits(town, coast, HALVED)
    for stranger in (member("region_officer", "elsewhere"), member("operator_staff", "coast"), Client()):
        answer = stranger.post("/feeds/coast", {"version": version.pk, "decision": "publish"})
        assert answer.status_code == 404 or "/accounts/login" in answer.headers["Location"]
    elsewhere = seen(member("region_officer", "elsewhere-2"))
    assert "There is no timetable about which you decide" in elsewhere
    assert member("operator_staff", "coast-2").get("/feeds").status_code == 404
    officer = member("region_officer", "coast")
    assert "Isles" not in seen(officer), "of no region: the platform's staff decide"
    answer = officer.post("/feeds/coast", {"version": version.pk, "decision": "reject"}, follow=True)
    assert "Rejected" in answer.content.decode()
    assert states("coast") == ["LIVE", "REJECTED"]
    again = officer.post("/feeds/coast", {"version": version.pk, "decision": "publish"}, follow=True)
    assert "does not wait any more" in again.content.decode()
    publish_feeds()
    assert states("coast") == ["LIVE", "REJECTED"]


def test_one_waits_and_the_others_go_in(town: Town, coast: Publisher) -> None:
    coast.puts_out("coast", HALVED)
    coast.puts_out("isles", ISLES.replace("7:00 I 7:40", "7:05 I 7:45"))
    coast.work("coast", "isles")
    town.wait_for_pointer()
    assert (states("coast"), states("isles")) == (["LIVE", "WAITING"], ["RETIRED", "LIVE"])
    assert town.journeys("coast:H", "coast:M", "08:00") == MORNING
    assert town.journeys("isles:P", "isles:I", "08:00") == ["08:05 Ferry F Pier–Island 08:45"]


def test_a_newer_one_takes_its_place(town: Town, coast: Publisher) -> None:
    waits(town, coast, HALVED)
    coast.puts_out("coast", COAST.replace("6:15", "6:16"))
    coast.work("coast")
    town.wait_for_pointer()
    assert states("coast") == ["RETIRED", "RETIRED", "LIVE"]
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:16"]


def test_publishing_by_hand_passes_over_what_waits(town: Town, coast: Publisher) -> None:
    waits(town, coast, HALVED)
    town.publish(isles=ISLES)
    assert states("coast") == ["LIVE", "WAITING"]


def test_one_that_ends_soon_is_noticed(town: Town, coast: Publisher, settings: Any) -> None:
    coast.puts_out("coast", f"{COAST}\n{SOON}")
    coast.work("coast")
    assert states("coast") == ["RETIRED", "LIVE"], "it has what is needed in the week ahead"
    officer = member("platform_staff")
    settings.CELERY_TASK_ALWAYS_EAGER = True
    follow_feeds()
    assert "ends on 4 December 2026" in told()
    follow_feeds()
    assert told() == ""
    assert "It ends soon" in seen(officer)
