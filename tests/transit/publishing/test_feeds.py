"""What an operator has entered comes out as a feed that the importer and the validator take without a complaint."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.feeds import NOW
from transit.feeds.notices import FeedError
from transit.models import (
    HostedCall,
    HostedDays,
    HostedDeparture,
    HostedFare,
    HostedLine,
    HostedPattern,
    HostedSeason,
    HostedStop,
    Operator,
    Region,
    Service,
)
from transit.publishing import releases, seasons

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def operator(data_dir: Path) -> Operator:
    """A company with two buses: one line, to and fro on school days, and to the market on Saturdays."""
    region = Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    operator = Operator.objects.create(code="saari", region=region, legal_name="Saaren Auto Oy", country="FI")
    service = Service.objects.create(operator=operator, agency_id="saari:saari", name="Saaren Auto", sales="hosted")
    stops = [
        HostedStop.objects.create(
            operator=operator, name=name, lat=60.1 + number / 50, lon=24.9, zone="AB"[number // 2]
        )
        for number, name in enumerate(("Satama", "Koulu", "Tori"))
    ]
    line = HostedLine.objects.create(service=service, short_name="7", long_name="Satama – Tori", colour="00529F")
    season = HostedSeason.objects.create(
        service=service, name="Winter", first_day=date(2026, 11, 1), last_day=date(2027, 3, 31)
    )
    school = HostedDays.objects.create(season=season, name="School days", weekdays=31, removed=["2026-12-24"])
    market = HostedDays.objects.create(season=season, name="Market", weekdays=32, added=["2026-12-24"])
    for direction, order in enumerate((stops, stops[::-1])):
        pattern = HostedPattern.objects.create(season=season, line=line, headsign=order[-1].name, direction=direction)
        for seq, stop in enumerate(order):
            HostedCall.objects.create(pattern=pattern, seq=seq, stop=stop)
        begin = (7 + direction) * HOUR
        HostedDeparture.objects.create(pattern=pattern, days=school, times=[begin, begin + 300, begin + 720], seats=20)
        HostedDeparture.objects.create(pattern=pattern, days=market, times=[begin + HOUR, None, begin + HOUR + 600])
    HostedFare.objects.create(service=service, name="Kerta", amount_minor=350, transfer_s=HOUR)
    HostedFare.objects.create(service=service, name="Lapsi", category="child", amount_minor=180, transfer_s=HOUR)
    return operator


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: list(csv.DictReader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}


def publish(operator: Operator, now: datetime = NOW) -> Any:
    return releases.publish_feed(operator, now, "https://maas.example", "https://maas.example/feeds/saari/gtfs.zip")


def test_nothing_leaves_before_it_is_released(operator: Operator) -> None:
    with pytest.raises(FeedError, match="Release a season first"):
        publish(operator)


def test_a_feed_without_a_complaint(operator: Operator) -> None:
    season = HostedSeason.objects.get()
    releases.release(season, NOW)
    releases.release(season, NOW)
    assert [each.new for each in season.events.all()] == ["RELEASED"]
    version = publish(operator)
    assert (version.state, version.interface.operator, version.interface.url[-8:]) == ("IMPORTED", operator, "gtfs.zip")
    assert not [(each.code, each.file, each.detail) for each in version.notices.all()]
    assert publish(operator).pk == version.pk, "nothing has changed"


def test_what_stands_in_it(operator: Operator) -> None:
    releases.release(HostedSeason.objects.get(), NOW)
    found = tables(releases.write_feed(operator, NOW, "https://maas.example"))
    assert [row["agency_name"] for row in found["agency.txt"]] == ["Saaren Auto"]
    assert len(found["trips.txt"]) == 4
    saturday = HostedDeparture.objects.filter(times__1=None)[0].code
    rows = [row for row in found["stop_times.txt"] if row["trip_id"] == saturday]
    assert [(row["stop_sequence"], row["departure_time"]) for row in rows] == [("0", "08:00:00"), ("2", "08:10:00")]
    assert [(row["pickup_type"], row["drop_off_type"]) for row in rows] == [("0", "1"), ("1", "0")]
    assert {(row["date"], row["exception_type"]) for row in found["calendar_dates.txt"]} == {
        ("20261224", "1"), ("20261224", "2"),
    }  # fmt: skip
    assert [(row["price"], row["transfer_duration"]) for row in found["fare_attributes.txt"]] == [("3.50", "3600")]
    assert [row["amount"] for row in found["fare_products.txt"]] == ["3.50", "1.80"]
    assert found["routes.txt"][0]["route_text_color"] == "FFFFFF"


def test_last_season_again(operator: Operator) -> None:
    old = HostedSeason.objects.get()
    new = seasons.copy(old, "Summer", date(2027, 4, 1), date(2027, 8, 31))
    assert (new.state, new.patterns.count(), HostedDeparture.objects.filter(pattern__season=new).count()) == (
        "DRAFT",
        2,
        4,
    )
    assert [(each.weekdays, each.added, each.removed) for each in new.days.all()] == [(31, [], []), (32, [], [])]
    codes = HostedDeparture.objects.values_list("code", flat=True)
    assert len(set(codes)) == 8
    with pytest.raises(ValidationError, match="The last day is before the first"):
        seasons.copy(old, "Never", date(2027, 4, 2), date(2027, 4, 1))


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ([0, 60], "for each stop"),
        ([0, None, None], "two stops at least"),
        ([60, 30, 90], "backwards"),
        ([0, 60, 200_000], "not a time"),
        ([0, "1", 2], "not a time"),
    ],
)
def test_impossible_columns(operator: Operator, times: list[Any], why: str) -> None:
    departure = HostedDeparture.objects.all()[0]
    departure.times = times
    with pytest.raises(ValidationError, match=why):
        departure.full_clean()
