"""A small service on demand whose rules are whole."""

from __future__ import annotations

from transit.models import Operator, Region, Service
from transit.ondemand.rules import Rules, ShiftPattern, Span, Vehicle, Zone

DAYS = (0, 1, 2, 3, 4)
VALLEY = ((24.80, 60.09), (25.00, 60.09), (25.00, 60.16), (24.80, 60.16), (24.80, 60.09))
RULES = Rules(
    timezone="Europe/Helsinki",
    currency="EUR",
    zones=(Zone("valley", "Valley", (VALLEY,)),),
    spans=(Span(DAYS, 6 * 3600, 22 * 3600),),
    vehicles=(Vehicle("v1", "Bus 1", ((8, 1, 2, 8),), 24.9, 60.1, shifts=(ShiftPattern(DAYS, 6 * 3600, 22 * 3600),)),),
)


def service(code: str = "valley") -> Service:
    """A service of a region that has nothing else."""
    region, _ = Region.objects.get_or_create(
        code="coast",
        defaults={"name": "Coast", "currency": "EUR", "timezone": "Europe/Helsinki", "country": "FI"},
    )
    operator = Operator.objects.create(code=code, region=region, legal_name="Valley Rides", country="FI")
    return Service.objects.create(operator=operator, code=code, name="Valley Rides", kind="on-demand")
