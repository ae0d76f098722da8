"""Officers try rules out: what was asked in the last weeks is played against a draft, beside the rules that hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.features.office import Office
from tests.features.riding import VALLEY
from tests.features.shuttle import Shuttle
from tests.features.town import Town
from transit import tasks
from transit.models import DryRun, RideRequest, RuleSet
from transit.ondemand import days, request_log, versions
from transit.ondemand.quote import Spot, Wish
from transit.ondemand.rules import Pair, Zone

pytestmark = pytest.mark.django_db(transaction=True)
HOME, MALL, FAR = (60.1204, 24.8504), (60.1101, 24.9802), (60.1502, 24.9902)


@pytest.fixture
def valley(town: Town) -> Shuttle:
    """One bus is out; on Monday at nine, people ask for rides on Tuesday."""
    shuttle = Shuttle(replace(VALLEY, stops=()), now=timezone.now())
    day = shuttle.at("0:00").date() + timedelta(days=1)
    for hour in range(7, 20):
        for minute in (0, 10, 20):
            for start, end in ((HOME, MALL), (MALL, FAR), (FAR, HOME)):
                shuttle.refused(start, end, f"{hour}:{minute:02}", day=day)
    shuttle.refused(HOME, MALL, "23:30", day=day)
    shuttle.refused((10.0, 10.0), MALL, "10:00", day=day)
    return shuttle


def drafted(office: Office, **changes: Any) -> RuleSet:
    """A version that is worked on, like the one that holds but for some rules."""
    held = RuleSet.objects.get(state="RELEASED")
    now = timezone.now()
    return versions.save(
        versions.draft(held.service, office.user, now), replace(versions.rules_of(held), **changes), now
    )


def test_nobody_is_noted(valley: Shuttle) -> None:
    """Squares of a hundred metres, five minutes, and nothing of a person; forgotten after ninety days."""
    assert RideRequest.objects.count() == 13 * 3 * 3 + 2
    row = RideRequest.objects.order_by("pk")[0]
    assert (row.origin_lat, row.origin_lon, row.load, row.result) == (60.12, 24.85, [1, 0, 0, 0], "quoted")
    results = RideRequest.objects.order_by("-pk").values_list("result", flat=True)[:2]
    assert list(results) == ["outside", "closed"]
    assert {each.name for each in RideRequest._meta.get_fields()} == {
        "id", "service", "asked_at", "wished_at", "arrive", "origin_lon", "origin_lat", "origin_stop",
        "destination_lon", "destination_lat", "destination_stop", "load", "group", "purpose", "result",
    }  # fmt: skip
    assert request_log.tidy(timezone.now() + timedelta(days=89)) == 0
    assert request_log.tidy(timezone.now() + timedelta(days=91)) == 13 * 3 * 3 + 2


def test_when_somebody_asked_is_known_by_five_minutes(valley: Shuttle) -> None:
    """An offer that was made at the same second would name who asked for health care."""
    book = days.shelf("valley").book_at(timezone.now())
    at = timezone.now().replace(hour=12, minute=3, second=21)
    wish = Wish("valley", Spot(24.85, 60.12), Spot(24.98, 60.11), at + timedelta(hours=1))
    for _ in range(request_log.MOST_A_MINUTE + 5):
        request_log.note(book.rule_set, wish, "full", at)
    noted = RideRequest.objects.filter(result="full")
    assert set(noted.values_list("asked_at", flat=True)) == {at.replace(minute=0, second=0, microsecond=0)}
    assert noted.count() == request_log.MOST_A_MINUTE, "nobody drowns the others"
    request_log.note(book.rule_set, wish, "full", at + timedelta(minutes=1))
    assert noted.count() == request_log.MOST_A_MINUTE + 1


def test_who_changes_their_mind_asks_once(valley: Shuttle) -> None:
    since = timezone.now() - timedelta(days=1)
    assert len(request_log.list_asks("valley", since, timezone.now() + timedelta(days=1))) == 4
    assert request_log.list_asks("hills", since, timezone.now() + timedelta(days=1)) == []


def spread_out() -> None:
    """As if they had been asked in the course of the day, by people who live in many places."""
    for number, row in enumerate(RideRequest.objects.order_by("pk")):
        row.asked_at -= timedelta(minutes=31 * (number + 1))
        row.origin_lat += 0.001 * (number // 3 % 8)
        row.save()


def test_played_beside_what_holds(valley: Shuttle) -> None:
    spread_out()
    office = Office()
    second_bus = (*VALLEY.vehicles, replace(VALLEY.vehicles[0], code="v2", name="Bus 2", lon=24.98))
    version = drafted(office, vehicles=second_bus)
    page = office.page(f"versions/{version.pk}")
    assert "Nobody has tried these rules out yet" in page
    where = office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="4")
    assert "the result stays with the version" in office.page(where)
    tasks.run_dry_runs()
    run = DryRun.objects.get()
    assert (run.state, run.fault) == ("DONE", "")
    assert run.result is not None
    now, before = run.result["now"], run.result["before"]
    assert now["asked"] == before["asked"] == 13 * 3 * 3 + 2
    assert now["served"] > before["served"] > 10
    assert (now["refused"]["outside"], now["refused"]["closed"]) == (1, 1)
    assert now["vehicle_h"] == 2 * before["vehicle_h"] == 32
    page = office.page(where)
    assert f"Served {now['served']} (" in page
    assert "No vehicle could come in time" in page
    assert "rides are served that were not served before" in page
    html = office.client.get(f"/on-demand/{where}").content.decode()
    assert len(re.findall(r"<svg class=\"chart\"", html)) == 2
    assert "The whole result" in office.page(f"versions/{version.pk}")


def test_narrow_rules_tell_nothing_of_who_asked(valley: Shuttle) -> None:
    """A zone around a door would say when somebody who lives there asked, and where for."""
    spread_out()
    office = Office()
    ring = ((24.84, 60.119), (24.99, 60.119), (24.99, 60.121), (24.84, 60.121), (24.84, 60.119))
    door = Zone("door", "Door", (ring,))
    version = drafted(office, zones=(door, *VALLEY.zones), pairs=(Pair("door", "valley", both=False),))
    where = office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="4")
    tasks.run_dry_runs()
    assert "could be traced to people" in office.page(where)
    run = DryRun.objects.get()
    assert (run.state, run.result) == ("FAILED", None)


def test_the_second_officer_sees_it(valley: Shuttle) -> None:
    """And that the rules are other ones by now; another region's officers see nothing."""
    spread_out()
    office = Office()
    version = drafted(office, vehicles=())
    where = office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="1")
    tasks.run_dry_runs()
    result = DryRun.objects.get().result
    assert result is not None
    lost = result["change"]["lost"]
    assert lost > 10
    second = Office("second")
    assert f"{lost} rides that were served before are not served any more." in second.page(f"versions/{version.pk}")
    versions.change(version, lambda rules: replace(rules, vehicles=VALLEY.vehicles), timezone.now())
    assert "The rules have been changed since it was tried out." in second.page(f"versions/{version.pk}")
    assert "Play it again before you release them." in second.page(where)
    Office("stranger", "hills").page(where, 404)
    Office("other", "hills").page(f"versions/{version.pk}/dry-runs", 404)


def test_nothing_to_play(valley: Shuttle) -> None:
    """What nobody has asked cannot be played, and where nobody lives no demand can be made up: it says so."""
    RideRequest.objects.all().delete()
    office = Office()
    version = drafted(office)
    where = office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="1")
    tasks.run_dry_runs()
    assert "Nobody has asked for a ride in this time." in office.page(where)
    where = office.send(f"versions/{version.pk}/dry-runs", source="made_up", per_week="100", seed="1")
    tasks.run_dry_runs()
    assert "No demand can be made up" in office.page(where)
    for _ in range(5):
        office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="1")
    office.send(f"versions/{version.pk}/dry-runs", source="replay", weeks="1")
    assert "Several dry runs wait already." in office.page(f"versions/{version.pk}/dry-runs")
    assert DryRun.objects.filter(state="WAITING").count() == 5
