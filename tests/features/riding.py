"""A valley with rides on demand that the region plans itself, beside a railway whose tickets are sold here."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.transit.ondemand.valley import DAYS, RULES, service
from transit.models import Operator, Region, Service
from transit.ondemand import checks, versions
from transit.ondemand.rules import (
    BookingWindow,
    Conduct,
    Fares,
    GroupFare,
    MeetingStop,
    Purpose,
    RiderGroup,
    Rules,
    ShiftPattern,
    StopKind,
    Vehicle,
)

ANY: dict[str, Any] = {"modes": "bus,taxi,rail"}
HOME, MALL, CITY = "60.120,24.850", "60.110,24.980", "rail:C"
TRAIN = """
stop S 60.100 24.900 Station
stop C 60.300 24.900 City
every 60 until 22:00 line R rail S 5:00 C 5:30
every 60 until 22:00 line R rail C 5:05 S 5:35

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
ticket,5.00,EUR,1,
"""
FROM_HOME = ShiftPattern(DAYS, 6 * 3600, 22 * 3600)
HUB = MeetingStop("station", "Station, bay 1", 24.9002, 60.1001, StopKind.HUB, "rail:S")
FARES = Fares(base_minor=200, per_km_minor=10, groups=(GroupFare("child", 5000), GroupFare("needs", 2500)),
              luggage_minor=50, cap_minor=600, transfer_minor=100)  # fmt: skip
VALLEY = replace(
    RULES,
    stops=(HUB,),
    vehicles=(Vehicle("v1", "Bus 1", ((3, 1, 2, 4),), 24.85, 60.12, shifts=(FROM_HOME,)),),
    booking=BookingWindow(notice_s=600, phone="0100 100"),
    fares=FARES,
    groups=(RiderGroup("needs", "Needs help"),),
    purposes=(Purpose("health", "Health", priority=True),),
    conduct=Conduct(free_until_s=3600, late_fee_basis_points=5000, no_show_fee_basis_points=10_000),
)


def release(rules: Rules = VALLEY, code: str = "valley", on: date = date(2026, 11, 23)) -> Service:
    """A service whose rules hold from a day on, submitted by one officer and released by another."""
    made = service(code) if not Service.objects.filter(code=code).exists() else Service.objects.get(code=code)
    return renew(made, rules, on)


def renew(made: Service, rules: Rules, on: date) -> Service:
    """Another version."""
    users: Any = get_user_model().objects
    one, other = (users.get_or_create(email=f"{name}@coast.example")[0] for name in ("anna", "bo"))
    now = timezone.now()
    assert checks.check(rules) == []
    drawn = versions.save(versions.draft(made, one, now), rules, now)
    versions.release(versions.submit(drawn, one, on, "", now), other, now)
    made.refresh_from_db()
    return made


def sells_trains(region: str = "coast") -> None:
    """The railway's tickets are sold here."""
    operator = Operator.objects.create(
        code="rail", legal_name="Rail Ltd", country="FI", region=Region.objects.get(code=region)
    )
    Service.objects.create(operator=operator, agency_id="rail:ag", name="Rail", sales="hosted")


def clock(at: str) -> str:
    """Of an RFC 3339 time with the offset of the place."""
    return at[11:16]


def text(page: Any) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
