"""The demo's companies without a system: approved as everybody's, with what their owner has entered in the forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from maas.accounts import applications
from maas.accounts.models import User
from transit.models import (
    HostedDays,
    HostedFare,
    HostedFleet,
    HostedLine,
    HostedPattern,
    HostedSeason,
    HostedStand,
    HostedStop,
    Operator,
    Service,
)
from transit.publishing import fleets, grids, releases
from transit.publishing.grids import Column, Grid

Json = dict[str, Any]
_SEASON: Final = timedelta(days=365)
_EVERY_DAY: Final = 127
_LICENCE: Final = {"licensing_office": "Wind Coast Transport Bureau", "phone": "+358 18 555 0300"}


def enter(entered: Json, region: str, owner: User, officer: User, now: datetime) -> None:
    """Both companies, published. May be repeated: what is entered stays."""
    bus = _approved(entered["timetable"]["legal_name"], Service.Kind.BUS, region, owner, officer, now)
    if not bus.hosted_stops.exists():
        _timetable(entered["timetable"], bus, now)
    address = settings.PUBLIC_URL
    releases.publish_feed(bus, now, address, f"{address}/open-data/{bus.code}/gtfs.zip")
    bikes = _approved(entered["vehicles"]["legal_name"], Service.Kind.BIKE_SHARING, region, owner, officer, now)
    fleet, is_new = HostedFleet.objects.get_or_create(
        service=bikes.services.get(), defaults={"base_minor": 100, "free_min": 30, "step_minor": 50, "step_min": 15}
    )
    if is_new:
        for stand in entered["vehicles"]["stands"]:
            HostedStand.objects.create(fleet=fleet, counted_at=now, **stand)
    fleets.publish(fleet, now, f"{address}/open-data/{bikes.code}/gbfs")


def _approved(name: str, kind: str, region: str, owner: User, officer: User, now: datetime) -> Operator:
    """The operator that a company has become."""
    row = owner.operator_applications.filter(legal_name=name, state="APPROVED").first()
    if row is None:
        number = owner.operator_applications.count() + 1
        facts = {"region": region, "legal_name": name, "kind": kind, **_LICENCE}
        facts |= {"business_id": f"300000{number}-{number}", "licence_number": f"WC-9{number:03d}"}
        asked = applications.apply(owner, facts, now)
        row = applications.decide(asked.pk, officer, approve=True, reason="", now=now)
    return Operator.objects.get(code=row.operator_code)


def _timetable(said: Json, bus: Operator, now: datetime) -> None:
    """Stops, a line there and back with its times, and prices, released."""
    service, today = bus.services.get(), now.date()
    stops = [HostedStop.objects.create(operator=bus, **each) for each in said["stops"]]
    line = HostedLine.objects.create(
        service=service, short_name=said["number"], long_name=said["name"], mode=HostedLine.Mode.BUS, colour="6B3FA0"
    )
    season = HostedSeason.objects.create(service=service, name="All year", first_day=today, last_day=today + _SEASON)
    days = HostedDays.objects.create(season=season, name="Every day", weekdays=_EVERY_DAY)
    for direction, order in enumerate((stops, stops[::-1])):
        pattern = HostedPattern.objects.create(season=season, line=line, headsign=order[-1].name, direction=direction)
        first = Column(tuple(said["first"]), days.pk, seats=said["seats"])
        grid = grids.repeated(Grid(tuple(each.code for each in order), (first,)), said["every_min"], said["until"])
        saved = grids.save(pattern, grid)
        assert not saved.errors, saved.errors
    for category, minor in said["prices"].items():
        HostedFare.objects.create(service=service, name="Single", category=category, amount_minor=minor)
    releases.release(season, now)
