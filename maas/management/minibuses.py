"""The demo's rides on demand: rules that one officer has submitted and another released."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from transit.models import RuleSet, Service
from transit.ondemand import streets, versions
from transit.ondemand.rules import Rules
from transit.publishing.on_demand import releases
from transit.records import decode

Json = dict[str, Any]


def set_up_rides(called: Json, author: Any, officer: Any) -> None:
    """The service with its rules, published. May be repeated."""
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
