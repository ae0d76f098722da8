"""What cannot be right in the register is refused with a sentence that says what to do."""

from __future__ import annotations

import math
from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from tests.features import registered
from transit.models import BookingRule, Interface, OperationArea, PriceClass, Service, ServiceException, ServiceHours

pytestmark = pytest.mark.django_db
SQUARE = [[24.8, 60.1], [25.0, 60.1], [25.0, 60.2], [24.8, 60.2], [24.8, 60.1]]


def ring(corners: int) -> list[list[float]]:
    turns = [2 * math.pi * each / corners for each in [*range(corners), 0]]
    return [[25 + math.cos(turn), 60 + math.sin(turn) / 2] for turn in turns]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def many(count: int) -> dict[str, Any]:
    def square(at: float) -> list[list[list[float]]]:
        return [[[at, 60], [at + 0.01, 60], [at + 0.01, 60.1], [at, 60.1], [at, 60]]]

    return {"type": "MultiPolygon", "coordinates": [square(20 + each / 10) for each in range(count)]}


def why(row: models.Model) -> str:
    try:
        row.full_clean()
    except ValidationError as wrong:
        return " ".join(wrong.messages)
    return ""


@pytest.mark.parametrize("geometry", [polygon(SQUARE), polygon(ring(9_999)), many(50), None])
def test_areas_that_can_be_drawn(geometry: Any) -> None:
    service = registered.taxi(registered.region())
    area = OperationArea(service=service, name="Valley", geometry=geometry)
    assert why(area) == ""
    area.save()
    assert (area.west is None) == (geometry is None)


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        (polygon(ring(10_000)), "too detailed"),
        (many(51), "too detailed"),
        (polygon(SQUARE) | {"note": "x" * 1_000_000}, "at most 1 MB"),
        (polygon([[24.8, 60.1], [25, 60.2], [25, 60.1], [24.8, 60.2], [24.8, 60.1]]), "crosses itself"),
        (polygon([[60.1, 240.8], [60.1, 250], [60.2, 250], [60.1, 240.8]]), "[longitude, latitude]"),
        (polygon(), "[longitude, latitude]"),
        (polygon(SQUARE[:2]), "crosses itself or is not closed"),
        ({"type": "Point", "coordinates": [24.8, 60.1]}, "Polygon or MultiPolygon"),
        ({"type": "Polygon"}, "Polygon or MultiPolygon"),
        (polygon([["a", "b"]]), "Polygon or MultiPolygon"),
        (polygon([[None, 1]]), "Polygon or MultiPolygon"),
        (polygon([[math.nan, 1], [2, 3], [4, 5], [math.nan, 1]]), "[longitude, latitude]"),
        ([1, 2], "Polygon or MultiPolygon"),
        ("valley", "Polygon or MultiPolygon"),
    ],
)
def test_areas_that_cannot(geometry: Any, sentence: str) -> None:
    service = registered.taxi(registered.region())
    assert sentence in why(OperationArea(service=service, name="Valley", geometry=geometry))


def test_hours_days_and_rules() -> None:
    service = registered.taxi(registered.region())
    assert "at least one day" in why(ServiceHours(service=service, opens=time(8), closes=time(16)))
    season = ServiceHours(service=service, monday=True, opens=time(8), closes=time(16), start_date=date(2026, 6, 1),
                          end_date=date(2026, 5, 1))  # fmt: skip
    assert "before the first" in why(season)
    holiday = {"service": service, "start_date": date(2026, 12, 24), "end_date": date(2026, 12, 24)}
    assert "both times, or none" in why(ServiceException(**holiday, opens=time(8)))
    assert "How many minutes" in why(BookingRule(service=service, booking_type=1))
    assert "How many days" in why(BookingRule(service=service, booking_type=2, prior_notice_last_day=1))
    assert why(BookingRule(service=service, booking_type=0)) == ""


def test_texts_codes_and_owners() -> None:
    service = registered.taxi(registered.region())
    service.descriptions = ["en"]
    assert "by language code" in why(service)
    service.descriptions, service.payment_methods = {"en": "x"}, ["cash", "gold"]
    assert "each once: cash, debit-card" in why(service)
    service.payment_methods = ["cash", "cash"]
    assert "each once" in why(service)
    operator = service.operator
    operator.licence_until = date(2020, 1, 1)
    assert "before the first" in why(operator)
    assert "Whose rides" in why(Interface(name="x", format="TOMP-2.0", url="https://x.example"))
    assert "each once" in why(
        Interface(operator=operator, name="x", format="GTFS", url="https://x.example", contents="a")
    )
    assert why(PriceClass(service=service, name="Ride", amount_minor=1, currency="eur")) != ""
    assert why(Service(operator=operator, name="Another", code="another")) == "", "a service needs no timetable"
