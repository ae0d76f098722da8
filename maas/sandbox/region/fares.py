"""Published fares: GTFS Fares v1 rows of each feed. Prices include tax, in euros."""

from __future__ import annotations

from itertools import pairwise

from maas.sandbox.region.lines import COAST_BUS, FERRY, RAIL, TOWN_BUS, Line, Transit
from maas.sandbox.region.plane import distance

Row = dict[str, object]

# Town bus: which zones a ride touches decides; 90 minutes, any number of changes.
TOWN_PRICES = {"A": "2.80", "B": "2.80", "C": "2.80", "AB": "3.10", "BC": "3.10", "ABC": "4.40"}
TOWN_VALID_S = 5400
REGIONAL_PRICES = {("K1", "K1"): "3.20", ("K2", "K2"): "3.20", ("K1", "K2"): "5.60", ("K2", "K1"): "5.60"}
FERRY_PRICE = "4.50"
# Railway: bands by distance between stations, kilometres up to → price.
RAIL_BANDS = ((3, "2.60"), (6, "3.80"), (10, "5.20"), (16, "7.40"), (30, "10.80"), (60, "16.50"), (999, "24.00"))


def tables(feed: str, transit: Transit) -> dict[str, list[Row]]:
    """`fare_attributes.txt` and `fare_rules.txt` of a feed."""
    made = {"town": _town, "coast": _coast, "rail": _rail}[feed](transit)
    return {"fare_attributes.txt": made[0], "fare_rules.txt": made[1]}


def _attribute(fare_id: str, price: str, agency: str, transfers: str, duration: int | str = "", method: int = 1) -> Row:
    return {
        "fare_id": fare_id,
        "price": price,
        "currency_type": "EUR",
        "payment_method": method,
        "transfers": transfers,
        "agency_id": agency,
        "transfer_duration": duration,
    }


def _rule(fare_id: str, route: str = "", origin: str = "", destination: str = "", contains: str = "") -> Row:
    return {
        "fare_id": fare_id,
        "route_id": route,
        "origin_id": origin,
        "destination_id": destination,
        "contains_id": contains,
    }


def _town(transit: Transit) -> tuple[list[Row], list[Row]]:
    attributes = [_attribute(z, price, TOWN_BUS.id, "", TOWN_VALID_S) for z, price in TOWN_PRICES.items()]
    return attributes, [_rule(zones, contains=zone) for zones in TOWN_PRICES for zone in zones]


def _coast(transit: Transit) -> tuple[list[Row], list[Row]]:
    attributes = [
        _attribute("K1", "3.20", COAST_BUS.id, "0", method=0),
        _attribute("K1–2", "5.60", COAST_BUS.id, "0", method=0),
        _attribute("L", FERRY_PRICE, FERRY.id, "0"),
    ]
    lines = transit.lines["coast"]
    rules = [
        _rule("K1" if a == b else "K1–2", line.id, a, b)
        for line in lines
        if line.operator == COAST_BUS
        for a, b in REGIONAL_PRICES
    ]
    return attributes, rules + [_rule("L", line.id) for line in lines if line.operator == FERRY]


def _rail(transit: Transit) -> tuple[list[Row], list[Row]]:
    attributes = [_attribute(f"R{n}", price, RAIL.id, "", 7200) for n, (_, price) in enumerate(RAIL_BANDS, 1)]
    rules = [_rule(f"R{_band(km)}", "", a, b) for (a, b), km in sorted(_rail_distances(transit.lines["rail"]).items())]
    return attributes, rules


def _band(km: float) -> int:
    return next(n for n, (up_to, _) in enumerate(RAIL_BANDS, 1) if km <= up_to)


def _rail_distances(lines: list[Line]) -> dict[tuple[str, str], float]:
    """Kilometres between every two stations along the rails; between lines as the crow flies with a third more."""
    at = {stop.station: stop.at for line in lines for stop in line.ways[0].stops}
    result = {(a, b): distance(at[a], at[b]) * 1.33 / 1000 for a in at for b in at if a != b}
    for line in lines:
        for way in line.ways:
            legs = {(a, b): way.along_m[b] - way.along_m[a] for b in range(len(way.stops)) for a in range(b)}
            for (a, b), metres in legs.items():
                result[way.stops[a].station, way.stops[b].station] = metres / 1000
            assert all(x < y for x, y in pairwise(way.along_m))
    return result
