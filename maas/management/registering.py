"""The register filled from what a sandbox says that its operators disclose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from transit.models import (
    BookingRule,
    Interface,
    OperationArea,
    Operator,
    PriceClass,
    Region,
    Service,
    ServiceException,
    ServiceFacility,
    ServiceHours,
    Taxi,
)
from transit.register.changes import note_changes

Json = dict[str, Any]
_MANY: dict[str, Any] = {
    "areas": OperationArea,
    "hours": ServiceHours,
    "exceptions": ServiceException,
    "booking_rules": BookingRule,
    "prices": PriceClass,
}
_APART = {*_MANY, "facilities", "taxi"}
_NOT_PLAIN = {"services", "interfaces", "dispatchers", "tomp", "code"}


def register_operator(entry: Json, region: Region) -> Operator:
    """An operator with its services. May be repeated: what hangs on a service is written anew."""
    plain = {name: value for name, value in entry.items() if name not in _NOT_PLAIN}
    operator, _ = Operator.objects.update_or_create(
        code=entry["code"], defaults={"region": region, "country": region.country, **plain}
    )
    operator.dispatchers.set(Operator.objects.filter(code__in=entry.get("dispatchers", ())))
    for said in entry["services"]:
        _register_service(said, operator)
    return operator


def register_interfaces(entries: list[Json], now: datetime) -> None:
    """Whose interfaces those are that were set up, and what is in them; then what has changed is noted."""
    for entry in entries:
        for said in entry.get("interfaces", ()):
            row = Interface.objects.get(name=said["name"])
            row.operator = Operator.objects.get(code=entry["code"])
            for name, value in said.items():
                if name != "services":
                    setattr(row, name, value)
            row.save()
            row.services.set(Service.objects.filter(agency_id__in=said.get("services", ())))
    note_changes(now)


def _register_service(said: Json, operator: Operator) -> None:
    plain = {name: value for name, value in said.items() if name not in _APART}
    key = {"agency_id": said["agency_id"]} if said.get("agency_id") else {"code": said["code"]}
    service, _ = Service.objects.update_or_create(**key, defaults={"operator": operator, **plain})
    for name, model in _MANY.items():
        model.objects.filter(service=service).delete()
        for fields in said.get(name, ()):
            model.objects.create(service=service, **fields)
    service.facilities.all().delete()
    for facility, extent in said.get("facilities", {}).items():
        ServiceFacility.objects.create(service=service, facility=facility, extent=extent)
    if taxi := said.get("taxi"):
        region = operator.region
        zone, currency = (region.timezone, region.currency) if region else ("UTC", "EUR")
        Taxi.objects.update_or_create(service=service, defaults={"timezone": zone, "currency": currency, **taxi})
