"""Journeys as values, for pages that are looked at without a network."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from transit.money import Money
from transit.routing.itinerary import FareProduct, Itinerary, Leg, Place, Service, StopCall
from transit.routing.query import Mode, RiderCategory, Traveller

ZONE = "Europe/Helsinki"
NINE = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""09:00 on the spot."""
TRAVELLERS = (Traveller("1"), Traveller("2", RiderCategory.SENIOR))


def place(name: str, east: int, stop_id: str | None = None, platform: str = "") -> Place:
    """A place on a line that runs eastwards."""
    return Place(name, 61.5 + east % 7 / 900, 23.7 + east / 400, ZONE, stop_id, platform)


HOME = place("Koivukatu 4", 0)
BIRCH = place("Koivutori", 1, "city:birch")
MARKET = place("Kauppatori", 6, "city:market", "2")
HARBOUR = place("Lokkisatama", 12, "city:harbour", "A")
ISLAND = place("Hyljesaari, laituri", 22, "sea:island")
CABIN = place("Saaristokeskus", 23)


def at(minute: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minute)


def walk(start: Place, end: Place, begin: float, last: float) -> Leg:
    """A walk."""
    return Leg(Mode.WALK, start, end, at(begin), at(last), round((last - begin) * 75))


def ride(mode: Mode, start: Place, end: Place, begin: float, last: float, service: Service, passing: int = 4) -> Leg:
    """A ride with stops on the way."""
    step = (last - begin) / (passing + 1)
    calls = tuple(
        StopCall(place(f"Pysäkki {i}", 2 + i), at(begin + step * i), at(begin + step * i))
        for i in range(1, passing + 1)
    )
    return Leg(mode, start, end, at(begin), at(last), 5200, (), service, calls, 1, passing + 2)


def service(line: str, headsign: str, colour: str, agency: str = "city", name: str = "Lokin Liikenne Oy") -> Service:
    """What runs a ride."""
    route = f"{agency}:r{line}"
    return Service(f"{route}-1", date(2026, 11, 20), route, line, headsign, f"{agency}:a", name, colour)


BUS = service("12", "Kauppatori – Lokkisatama", "005BAC")
TRAM = service("3", "Lokkisatama", "F4B400")
FERRY = service("", "Hyljesaari", "0A7E8C", "sea", "Saaristolautat")


def two_operators() -> Itinerary:
    """A walk, a bus, a tram and a ferry of another operator."""
    legs = (
        walk(HOME, BIRCH, 5, 10),
        ride(Mode.BUS, BIRCH, MARKET, 10, 21, BUS),
        ride(Mode.TRAM, MARKET, HARBOUR, 26, 34, TRAM, 2),
        walk(HARBOUR, HARBOUR, 34, 36),
        ride(Mode.FERRY, HARBOUR, ISLAND, 45, 70, FERRY, 0),
        walk(ISLAND, CABIN, 70, 73.5),
    )
    fares = tuple(
        fare
        for traveller in TRAVELLERS
        for fare in (
            FareProduct(
                "city:ab",
                "Vyöhykelippu AB, 90 min",
                "city:a",
                traveller,
                (1, 2),
                Money(360 if traveller.key == "1" else 180, "EUR"),
                5400,
            ),
            FareProduct("sea:one", "Lautta, kertalippu", "sea:a", traveller, (4,), Money(850, "EUR")),
        )
    )
    return Itinerary(legs, TRAVELLERS, fares)


def one_bus() -> Itinerary:
    """A slower way with one bus and a long walk; nobody knows the price."""
    legs = (walk(HOME, BIRCH, 12, 17), ride(Mode.BUS, BIRCH, ISLAND, 17, 81, BUS, 9), walk(ISLAND, CABIN, 81, 95))
    return Itinerary(legs, TRAVELLERS, (), (1,))


def on_foot() -> Itinerary:
    """The whole way on foot."""
    return Itinerary((walk(HOME, CABIN, 0, 68),), TRAVELLERS)


def by_bicycle() -> Itinerary:
    """The whole way by bicycle."""
    return Itinerary((Leg(Mode.BICYCLE, HOME, CABIN, at(0), at(21), 5100),), TRAVELLERS)
