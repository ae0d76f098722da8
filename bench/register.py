"""A register of a whole country: what each way of reading it costs the processor and the database.

`python -m bench.register`. Queries must not grow with the register: each address has its bound, the run fails above.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import bench.scratch  # noqa: F401 - before models
from transit.models import (
    BookingRule,
    Interface,
    OperationArea,
    Operator,
    PriceClass,
    Region,
    RegisterChange,
    Service,
    ServiceException,
    ServiceFacility,
    ServiceHours,
)

OPERATORS, SERVICES, INTERFACES, OF_THE_LARGEST = 500, 5000, 800, 0.2
"""The largest operator has a fifth of the services and interfaces: what is read for each pair of them shows there."""
CORNERS = 200
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
READ = {
    "operators.csv": 40,
    "services.csv": 120,
    "interfaces.csv": 40,
    "catalogue.jsonld": 80,
    "operators?limit=200": 12,
    "services?limit=200": 16,
    "services?limit=200&geometry=true": 16,
    "services?limit=200&q=area&lat=60.5&lon=24.5": 16,
    "interfaces?limit=200": 12,
    "changes?limit=200": 6,
}
"""Addresses below /api/v1/register, and how many queries each may take."""


def build() -> None:
    """The register."""
    region = Region.objects.create(
        code="land", name="Land", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    operators = Operator.objects.bulk_create(
        Operator(code=f"op-{n}", region=region, legal_name=f"Operator {n} Ltd", business_id=f"{n}", country="FI")
        for n in range(OPERATORS)
    )

    def owner(number: int, of: int) -> Operator:
        return operators[0] if number < of * OF_THE_LARGEST else operators[number % OPERATORS]

    services = Service.objects.bulk_create(
        Service(
            code=f"service-{n}", operator=owner(n, SERVICES), name=f"Service {n}", names={"fi": f"Palvelu {n}"},
            kind="on-demand", descriptions={"en": "Rides to the door.", "fi": "Kyyti ovelle."},
        )
        for n in range(SERVICES)
    )  # fmt: skip
    interfaces = Interface.objects.bulk_create(
        Interface(
            operator=owner(n, INTERFACES), name=f"interface-{n}", format="GTFS" if n % 2 else "TOMP-2.0",
            url=f"https://data.example/{n}", contents=["route-and-schedule"],
        )
        for n in range(INTERFACES)
    )  # fmt: skip
    for interface in interfaces[1::4]:
        interface.services.set([each for each in services if each.operator_id == interface.operator_id][:3])
    ring = [[24 + n / CORNERS, 60.0] for n in range(CORNERS)] + [[25.0, 61.0], [24.0, 61.0], [24.0, 60.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    box = {"west": 24.0, "south": 60.0, "east": 25.0, "north": 61.0}
    OperationArea.objects.bulk_create(
        OperationArea(service=each, name="Area", geometry=shape, **box) for each in services
    )
    for day in ("monday", "saturday"):
        ServiceHours.objects.bulk_create(
            ServiceHours(service=each, opens=clock(6), closes=clock(22), **{day: True}) for each in services
        )
    holiday = date(2026, 12, 24)
    ServiceException.objects.bulk_create(
        ServiceException(service=each, start_date=holiday, end_date=holiday) for each in services
    )
    BookingRule.objects.bulk_create(
        BookingRule(service=each, booking_type=1, prior_notice_duration_min=60) for each in services
    )
    for unit in ("start", "kilometre"):
        PriceClass.objects.bulk_create(
            PriceClass(service=each, name=unit, amount_minor=500, currency="EUR", unit=unit) for each in services
        )
    facility, extent = ServiceFacility.Facility.values[0], ServiceFacility.Extent.values[0]
    ServiceFacility.objects.bulk_create(
        ServiceFacility(service=each, facility=facility, extent=extent) for each in services
    )
    RegisterChange.objects.bulk_create(
        RegisterChange(at=NOW, subject="service", code=each.code, name=each.name, change="added") for each in services
    )


def read(client: Client, address: str) -> tuple[float, int, int]:
    """Seconds of the processor, queries, and bytes that were sent."""
    path = f"/api/v1/register/{address}"
    connection.queries_log.clear()  # it keeps no more than some thousands
    began = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    took_s = time.process_time() - began
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code}")
    return took_s, len(queries), len(answer.content)


def main() -> None:
    """Print what each costs, and fail where queries grow with the register."""
    call_command("migrate", verbosity=0)
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    settings.ALLOWED_HOSTS = ["testserver"]
    build()
    client = Client()
    print(f"register: {OPERATORS} operators, {SERVICES} services, {INTERFACES} interfaces")
    failed = []
    for address, most in READ.items():
        took_s, queries, sent = read(client, address)
        print(f"{address:45} {took_s:6.2f} s {queries:5} queries {sent / 1e6:7.2f} MB sent", flush=True)
        failed += [f"{address}: {queries} queries, more than {most}"] if queries > most else []
    if failed:
        sys.exit("; ".join(failed))


if __name__ == "__main__":
    main()
