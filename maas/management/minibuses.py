"""The demo's rides on demand: rules that one officer has submitted and another released, and riders of today."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from transit.models import RuleSet, Service
from transit.ondemand import quoting, rides, streets, versions
from transit.ondemand.quote import RideRefused, Spot, Wish
from transit.ondemand.rules import Rules
from transit.publishing.on_demand import releases
from transit.records import decode

logger = logging.getLogger(__name__)
Json = dict[str, Any]
AHEAD: Final = 1
"""Riders are there today and on the days after it."""
SELLER: Final = "demo"


def set_up_rides(called: Json, author: Any, officer: Any) -> None:
    """The service with its rules, published, and its riders. May be repeated: who has a ride keeps it."""
    now = timezone.now()
    rules: Rules = decode(Rules, called["rules"], "rules")
    service = Service.objects.get(code=called["service"])
    today = now.astimezone(ZoneInfo(rules.timezone)).date()
    if not RuleSet.objects.filter(service=service, state="RELEASED").exists():
        drawn = versions.save(versions.draft(service, author, now), rules, now)
        versions.release(versions.submit(drawn, author, today, "The first rules.", now), officer, now)
    for held in RuleSet.objects.filter(service=service, state="RELEASED"):
        streets.prepare(held)
    releases.publish(service.pk, now, settings.PUBLIC_URL)
    for ahead in range(AHEAD + 1):
        for number, rider in enumerate(called["riders"]):
            _ride(service.code, today + timedelta(days=ahead), number, rider, ZoneInfo(rules.timezone))


def _ride(code: str, day: date, number: int, rider: Json, zone: ZoneInfo) -> None:
    """What somebody asks for, if it can be had."""
    now = timezone.now()
    reference = uuid5(NAMESPACE_URL, f"{code}/{day}/{number}")
    at = datetime.combine(day, time.fromisoformat(rider["time"]), zone)
    if at < now or rides.find(reference) is not None:
        return
    start, end = (Spot(*rider[name]) for name in ("from", "to"))
    wish = Wish(code, start, end, at, load=(rider["seats"], 0, 0, 0), purpose=rider["purpose"])
    try:
        quote = min(quoting.quote(wish, now), key=lambda each: abs(each.told_at - at))
        rides.hold(reference, quote.token, quote.expires_at, SELLER, now=now)
        rides.confirm(reference, now)
    except RideRefused as refused:
        logger.info("no ride for rider %s on %s: %s", number, day, refused.code)
