"""What is released is published by itself: in the register, as GTFS-Flex and as GOFS. All of it may run twice.

The search does not read our own feeds (`Interface.read_here`): it asks the dispatcher, who knows what is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from transit.feeds.fetch import fetch
from transit.feeds.imports import feed_store, import_fetched
from transit.feeds.notices import FeedError
from transit.models import FeedVersion, Interface, RuleSet, Service
from transit.ondemand import versions
from transit.publishing.on_demand.entries import enter
from transit.publishing.on_demand.flex import flex_of
from transit.publishing.on_demand.gofs import FILES, gofs_of
from transit.publishing.on_demand.periods import periods_of
from transit.register import changes

CONTENTS = ["route-and-schedule", "service-hours", "pricing"]
LICENCE = "CC-BY-4.0"


def list_published() -> list[int]:
    """The services of which something is released."""
    rows = RuleSet.objects.filter(state="RELEASED").values_list("service_id", flat=True)
    return sorted(set(rows))


def publish(service_id: int, now: datetime, address: str) -> FeedVersion | None:
    """Say everywhere what holds; `address` is the platform's. Raises FeedError where our own reader refuses it."""
    service = Service.objects.select_related("operator__region").get(pk=service_id)
    region, today = versions.region_of(service), versions.today_of(service, now)
    periods = periods_of(service, today)
    if not periods:
        return None
    enter(service, region, periods[0].rules, today)
    service.refresh_from_db()
    flex = _interface(service, Interface.Format.GTFS, f"{address}/open-data/{flex_name(service)}/gtfs.zip")
    _interface(service, Interface.Format.GOFS, f"{address}/open-data/{gofs_name(service)}/gofs.json")
    changes.note_changes(now, [service.operator.code])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gtfs.zip"
        path.write_bytes(flex_of(service, today, address))
        stored = fetch(str(path), feed_store())
    return import_fetched(flex, stored, now)


def documents(name: str, now: datetime, addresses: Mapping[str, str]) -> dict[str, dict[str, Any]] | None:
    """The GOFS documents of the interface of this name, as of now; None where nothing is released."""
    interface = Interface.objects.filter(name=name, format=Interface.Format.GOFS, read_here=False).first()
    service = interface.services.select_related("operator__region").first() if interface else None
    if service is None:
        return None
    today = versions.today_of(service, now)
    released = RuleSet.objects.filter(service=service, state="RELEASED").order_by("-released_at").first()
    if released is None or released.released_at is None or not periods_of(service, today):
        return None
    return gofs_of(service, today, released.released_at, addresses)


def flex_name(service: Service) -> str:
    """The name of its interface, by which the feed is found."""
    return f"{service.code}-flex"


def gofs_name(service: Service) -> str:
    """The same of GOFS."""
    return f"{service.code}-gofs"


def _interface(service: Service, kind: Interface.Format, url: str) -> Interface:
    name = flex_name(service) if kind == Interface.Format.GTFS else gofs_name(service)
    said = {
        "url": url,
        "read_here": False,
        "contents": CONTENTS,
        "licence": LICENCE,
        "authentication": Interface.Authentication.NONE,
        "version": "1.0" if kind == Interface.Format.GOFS else "",
    }
    row, is_new = Interface.objects.get_or_create(
        name=name, defaults={"format": kind, "operator": service.operator} | said
    )
    if row.operator_id != service.operator_id or row.format != kind or row.read_here:
        raise FeedError("Another feed has this name.", "name_taken")
    if not is_new and any(getattr(row, key) != value for key, value in said.items()):
        Interface.objects.filter(pk=row.pk).update(**said)
        row.refresh_from_db()
    row.services.set([service])
    return row


__all__ = ["FILES", "documents", "flex_name", "gofs_name", "list_published", "publish"]
