"""A register with somebody of every sort in it, for the stories about what is disclosed."""

from __future__ import annotations

from datetime import date, time
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
)
from transit.sealing import seal

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
VALLEY = {"type": "Polygon", "coordinates": [[[24.8, 60.1], [25.0, 60.1], [25.0, 60.2], [24.8, 60.2], [24.8, 60.1]]]}
SECRETS = ("hidden-client", "hidden-secret", "hidden-key", "hidden-user", "hidden-password", "hidden-file")


def region() -> Region:
    """Whose register it is."""
    return Region.objects.create(
        code="coast",
        name="Wind Coast",
        currency="EUR",
        timezone="Europe/Helsinki",
        country="FI",
        bounds=[24, 60, 26, 61],
    )


def taxi(at: Region) -> Service:
    """A taxi firm with all that a taxi has to disclose."""
    operator = Operator.objects.create(
        code="valley-taxi", region=at, legal_name="Valley Taxi Ltd", business_id="1234567-8", country="FI",
        phone="+358 100 1", email="office@taxi.example", homepage="https://taxi.example",
        visiting_address="Harbour Street 1, Port", licensing_office="Coast Transport Bureau", licence_number="T-77",
        licence_from=date(2024, 1, 1), licence_until=date(2029, 12, 31),
    )  # fmt: skip
    service = Service.objects.create(
        operator=operator, code="valley-taxi", name="Valley Taxi", names={"fi": "Laakson taksi", "ja": "谷タクシー"},
        descriptions={"en": "Taxis by telephone.", "fi": "Takseja puhelimitse."}, kind="taxi", subtype="taxi",
        transport_types=["road"], traffic="commercial", url="https://taxi.example/more", advance_reservation="possible",
        booking_phone="+358 100 2", booking_url="https://taxi.example/order", price_url="https://taxi.example/prices",
        payment_methods=["cash", "credit-card"], assistance_notice_s=7200,
        luggage_notes={"en": "Two suitcases each."},
    )  # fmt: skip
    OperationArea.objects.create(
        service=service, name="River valley", names={"fi": "Jokilaakso"}, primary=True, geometry=VALLEY
    )
    OperationArea.objects.create(service=service, name="Port")
    ServiceHours.objects.create(service=service, **dict.fromkeys(WEEK, True), opens=time(6), closes=time(22))
    ServiceHours.objects.create(service=service, saturday=True, opens=time(18), closes=time(2), notes={"en": "Busy."})
    ServiceException.objects.create(
        service=service, start_date=date(2026, 12, 24), end_date=date(2026, 12, 25), notes={"en": "Christmas"}
    )
    PriceClass.objects.create(
        service=service, name="Start", names={"fi": "Lähtö"}, amount_minor=600, currency="EUR", unit="start"
    )
    PriceClass.objects.create(service=service, name="Distance", amount_minor=110, currency="EUR", unit="kilometre")
    ServiceFacility.objects.create(service=service, facility="suitable-for-wheelchairs", extent="some")
    ServiceFacility.objects.create(service=service, facility="child-seat", extent="none")
    return service


def bus(at: Region) -> Service:
    """A bus firm with timetables, real time and a sales interface; its addresses have keys in them."""
    operator = Operator.objects.create(code="coast-bus", region=at, legal_name="Coast Bus Ltd", country="FI")
    service = Service.objects.create(
        operator=operator, code="coast-bus", agency_id="coast:bus", name="Coast Bus", names={"fi": "Rannikon bussi"},
        kind="bus", subtype="schedule", transport_types=["road"], traffic="contract",
    )  # fmt: skip
    gtfs = interface(operator, "coast", "GTFS", "https://data.example/gtfs.zip?api_key=hidden-key&day=1",
                     contents=["route-and-schedule"], licence="CC BY 4.0", authentication="none",
                     licence_url="https://creativecommons.org/licenses/by/4.0/")  # fmt: skip
    interface(operator, "coast-now", "GTFS-RT", "https://hidden-user:hidden-password@data.example/now.pb", of=gtfs)
    interface(operator, "coast-tomp", "TOMP-2.0", "https://tomp.example/v2", version="2.0.0",
              contents=["booking-interface", "payment-interface"], client_id="hidden-client", capability="B",
              client_secret_sealed=seal("hidden-secret"), authentication="oauth2-client-credentials",
              sandbox_url="https://tomp.example/sandbox", documentation_url="https://tomp.example/docs",
              rate_limit_requests=600, availability_basis_points=9950, contact_email="api@tomp.example")  # fmt: skip
    interface(operator, "coast-old", "GTFS", "/srv/hidden-file/gtfs.zip")
    return service


def ride(at: Region) -> Service:
    """Rides on demand that a transport council agreed to, which a dispatcher takes orders for."""
    operator = Operator.objects.create(
        code="village-ride", region=at, legal_name="Village Ride Co-operative", country="FI"
    )
    operator.dispatchers.add(Operator.objects.get(code="valley-taxi"))
    service = Service.objects.create(
        operator=operator, code="village-ride", name="Village Ride", kind="on-demand", subtype="request",
        council="Coast Transport Council", council_decision="12/2026", council_decided_on=date(2026, 3, 4),
        advance_reservation="mandatory",
    )  # fmt: skip
    BookingRule.objects.create(
        service=service, booking_type=2, prior_notice_last_day=1, prior_notice_last_time=time(16, 30),
        phone_number="0200 5", messages={"en": "Say if you use a wheelchair."},
    )  # fmt: skip
    return service


def interface(operator: Operator, name: str, kind: str, url: str, **fields: Any) -> Interface:
    """An interface of an operator."""
    return Interface.objects.create(operator=operator, name=name, format=kind, url=url, **fields)
