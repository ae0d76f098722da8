"""Shared vehicles that are entered here → GBFS 3.0 (https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md).

The files go the way of everybody's: they are read by our own reader, kept, and part of what is searched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from transit.feeds.gbfs import CURRENT
from transit.feeds.mobility import Files, Part, keep
from transit.models import HostedFleet, HostedStand, Interface, Operator, RealtimeState
from transit.money import Money
from transit.publishing.timetables import language_of

Json = dict[str, Any]
TTL_S: Final = 60
TYPE, PLAN = "vehicle", "price"
"""All vehicles are of one type, at one price."""
_E164: Final = re.compile(r"\+[1-9]\d{1,14}")


def name_of(operator: Operator) -> str:
    """The interface's name in the register."""
    return f"{operator.code}-vehicles"


def documents_of(fleet: HostedFleet, now: datetime, address: str) -> dict[str, Json]:
    """The files by name; `address` is the folder at which they are disclosed, without a slash at its end."""
    stands = list(fleet.stands.all())
    written = {name: write(fleet, stands) for name, write in _WRITERS.items()}
    files = {name: data for name, data in written.items() if data is not None}
    files["gbfs"] = {"feeds": [{"name": name, "url": f"{address}/{name}.json"} for name in files]}
    return {
        name: {"last_updated": _moment(now), "ttl": TTL_S, "version": "3.0", "data": data}
        for name, data in files.items()
    }


def publish(fleet: HostedFleet, now: datetime, address: str) -> None:
    """Keep what is entered as the last good files of the operator's interface, which the register has from now on."""
    operator = fleet.service.operator
    interface, _ = Interface.objects.update_or_create(
        name=name_of(operator),
        operator=operator,
        defaults={
            "format": Interface.Format.GBFS, "url": f"{address}/gbfs.json", "version": "3.0",
            "contents": ["realtime-interface", "pricing"], "licence": "CC-BY-4.0", "authentication": "none",
        },
    )  # fmt: skip
    texts = {name: json.dumps(each) for name, each in documents_of(fleet, now, address).items()}
    keep(interface.name, Part.SYSTEM, Files({name: texts[name] for name in texts if name not in CURRENT}))
    keep(interface.name, Part.STATUS, Files({name: texts[name] for name in texts if name in CURRENT}))
    state, _ = RealtimeState.objects.get_or_create(interface=interface)
    state.header_at = state.received_at = now
    stands = fleet.stands.all()
    state.counts = {"ttl_s": TTL_S, "stations": len(stands), "vehicles": 0, "types": 1}
    state.faults = []
    state.went_well(now)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _text(fleet: HostedFleet, text: str) -> list[Json]:
    return [{"text": text, "language": language_of(fleet.service.operator)}]


def _about(fleet: HostedFleet, stands: list[HostedStand]) -> Json:
    operator = fleet.service.operator
    about: Json = {
        "system_id": operator.code, "languages": [language_of(operator)], "name": _text(fleet, fleet.service.name),
        "operator": _text(fleet, operator.legal_name), "opening_hours": "24/7",
        "feed_contact_email": operator.email or settings.DEFAULT_FROM_EMAIL,
        "timezone": operator.region.timezone if operator.region else "UTC",
    }  # fmt: skip
    phone = re.sub(r"[ ()/.-]", "", operator.phone)
    return about | ({"phone_number": phone} if _E164.fullmatch(phone) else {})


def _types(fleet: HostedFleet, stands: list[HostedStand]) -> Json:
    kind: Json = {
        "vehicle_type_id": TYPE, "form_factor": fleet.form, "propulsion_type": fleet.propulsion,
        "return_constraint": "roundtrip_station" if fleet.same_stand else "any_station",
    }  # fmt: skip
    if fleet.propulsion != HostedFleet.Propulsion.HUMAN:
        kind["max_range_meters"] = 1000 * (fleet.max_range_km or 1)
    if fleet.base_minor is not None:
        kind["default_pricing_plan_id"] = PLAN
    return {"vehicle_types": [kind]}


def _stations(fleet: HostedFleet, stands: list[HostedStand]) -> Json:
    return {
        "stations": [
            {"station_id": each.code, "name": _text(fleet, each.name), "lat": each.lat, "lon": each.lon,
             "capacity": each.places}
            for each in stands
        ]
    }  # fmt: skip


def _status(fleet: HostedFleet, stands: list[HostedStand]) -> Json:
    return {
        "stations": [
            {"station_id": each.code, "num_vehicles_available": each.vehicles,
             "vehicle_types_available": [{"vehicle_type_id": TYPE, "count": each.vehicles}],
             "num_docks_available": max(0, each.places - each.vehicles), "is_installed": True,
             "is_renting": each.is_open, "is_returning": each.is_open, "last_reported": _moment(each.counted_at)}
            for each in stands
        ]
    }  # fmt: skip


def _plans(fleet: HostedFleet, stands: list[HostedStand]) -> Json | None:
    region = fleet.service.operator.region
    if fleet.base_minor is None or region is None:
        return None
    base, step = (float(Money(each, region.currency).decimal()) for each in (fleet.base_minor, fleet.step_minor))
    said = f"{base:g} {region.currency}"
    plan: Json = {"plan_id": PLAN, "name": _text(fleet, fleet.service.name), "currency": region.currency,
                  "price": base, "is_taxable": False}  # fmt: skip
    if fleet.step_minor:
        said += f", {fleet.free_min} min + {step:g} {region.currency} / {fleet.step_min} min"
        plan["per_min_pricing"] = [{"start": fleet.free_min, "rate": step, "interval": fleet.step_min}]
    return {"plans": [plan | {"description": _text(fleet, said)}]}


_WRITERS: Final[Mapping[str, Callable[[HostedFleet, list[HostedStand]], Json | None]]] = {
    "system_information": _about, "vehicle_types": _types, "station_information": _stations,
    "station_status": _status, "system_pricing_plans": _plans,
}  # fmt: skip
