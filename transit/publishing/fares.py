"""An operator's single tickets → GTFS Fares v1 and v2 (https://gtfs.org/documentation/schedule/reference/).

Version 1 has prices of adults alone, for whoever reads nothing else; version 2 has everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transit.models import HostedFare, HostedLine, HostedStop, Operator, Service
from transit.money import exponent_of
from transit.publishing.archive import Row
from transit.publishing.timetables import Tables, agency_of


def fares_of(operator: Operator) -> Tables:
    """The tables of what has a price; without rows where nothing has one."""
    fares = list(HostedFare.objects.filter(service__operator=operator).select_related("service"))
    currency = operator.region.currency if operator.region else "EUR"
    services = {fare.service_id: fare.service for fare in fares}
    zones = sorted({zone for fare in fares for zone in (fare.from_zone, fare.to_zone) if zone})
    adults = [fare for fare in fares if fare.category == HostedFare.Category.ADULT]
    lines = HostedLine.objects.filter(service__in=services).order_by("pk").select_related("service")
    stops = HostedStop.objects.filter(operator=operator, zone__in=zones, calls__isnull=False).distinct().order_by("pk")
    return {
        "fare_attributes.txt": [_attribute(fare, currency) for fare in adults],
        "fare_rules.txt": [row for fare in adults for row in _rules(fare)],
        "networks.txt": [{"network_id": agency_of(each), "network_name": each.name} for each in services.values()],
        "route_networks.txt": [{"network_id": agency_of(line.service), "route_id": line.code} for line in lines],
        "areas.txt": [{"area_id": zone, "area_name": zone} for zone in zones],
        "stop_areas.txt": [{"area_id": stop.zone, "stop_id": stop.code} for stop in stops],
        "rider_categories.txt": _categories(fares),
        "fare_products.txt": [_product(fare, currency) for fare in fares],
        "fare_leg_rules.txt": [row for fare in fares for row in _leg_rules(fare)],
        "fare_transfer_rules.txt": [row for service in services.values() for row in _transfers(service, fares)],
    }


def _price(fare: HostedFare, currency: str) -> str:
    digits = exponent_of(currency)
    whole, part = divmod(fare.amount_minor, 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else f"{whole}"


def _attribute(fare: HostedFare, currency: str) -> Row:
    return {
        "fare_id": f"f{fare.pk}",
        "price": _price(fare, currency),
        "currency_type": currency,
        "payment_method": 0,
        "transfers": "" if fare.transfer_s else 0,
        "agency_id": agency_of(fare.service),
        "transfer_duration": fare.transfer_s or "",
    }


def _ways(fare: HostedFare) -> list[tuple[str, str]]:
    """From where to where it holds: to and fro."""
    return sorted({(fare.from_zone, fare.to_zone), (fare.to_zone, fare.from_zone)})


def _rules(fare: HostedFare) -> Iterator[Row]:
    for origin, destination in _ways(fare):
        if origin:
            yield {"fare_id": f"f{fare.pk}", "origin_id": origin, "destination_id": destination}


def _categories(fares: Sequence[HostedFare]) -> list[Row]:
    used = {fare.category for fare in fares}
    return [
        {"rider_category_id": key, "rider_category_name": name, "is_default_fare_category": int(key == "adult")}
        for key, name in _ENGLISH.items()
        if key in used
    ]


_ENGLISH = {"adult": "Adult", "child": "Child", "youth": "Youth", "senior": "Senior"}


def _product(fare: HostedFare, currency: str) -> Row:
    return {
        "fare_product_id": f"f{fare.pk}",
        "fare_product_name": fare.name,
        "rider_category_id": fare.category,
        "amount": _price(fare, currency),
        "currency": currency,
    }


def _leg_rules(fare: HostedFare) -> Iterator[Row]:
    for origin, destination in _ways(fare):
        yield {
            "leg_group_id": agency_of(fare.service),
            "network_id": agency_of(fare.service),
            "from_area_id": origin,
            "to_area_id": destination,
            "fare_product_id": f"f{fare.pk}",
        }


def _transfers(service: Service, fares: Sequence[HostedFare]) -> Iterator[Row]:
    """Further rides within the time of a ticket without zones are free."""
    longest = max((fare.transfer_s for fare in fares if fare.service_id == service.pk), default=0)
    if longest:
        yield {
            "from_leg_group_id": agency_of(service),
            "to_leg_group_id": agency_of(service),
            "transfer_count": -1,
            "duration_limit": longest,
            "duration_limit_type": 1,
            "fare_transfer_type": 0,
        }
