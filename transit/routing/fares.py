"""Published fares → the price of an itinerary.

By Fares v1 (GTFS Schedule, fare_attributes.txt and fare_rules.txt), and by Fares v2 (`fare_chains`) the rides that the
rules of a feed for it speak of: the reference wants only one of the two to be used, and v2 before v1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from transit.money import Money
from transit.routing.fare_chains import best_chains
from transit.routing.fare_legs import fare_legs, network_of
from transit.routing.fare_lines import Ridden, product_of
from transit.routing.itinerary import FareLine, FareProduct, FareReason, Leg
from transit.routing.query import Traveller
from transit.routing.tariff import Tariff

U32 = NDArray[np.uint32]
ANY = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Fare:
    """A row of fare_attributes.txt.

    `product_id` is `feed:fare_id`; `agency_id` is `feed:agency`, or "" for any agency of the feed. `transfers` None
    means unlimited; `transfer_duration_s` None means no limit of time.
    """

    product_id: str
    price: Money
    agency_id: str = ""
    bought_on_board: bool = False
    transfers: int | None = None
    transfer_duration_s: int | None = None


@dataclass(frozen=True)
class FareTable:
    """Fares of all feeds, and the rules R that say where each holds: a fare without rules holds on all of its feed.

    A rule is one row of fare_rules.txt by numbers: its fare, its route in `routes` (`feed:route`), and zones in
    `zones` (`feed:zone`); ANY where the field is empty. Rules are sorted by origin and then destination.
    """

    fares: tuple[Fare, ...]
    routes: tuple[str, ...]
    zones: tuple[str, ...]
    rule_fare: U32
    rule_route: U32
    rule_origin: U32
    rule_destination: U32
    rule_contains: U32
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    """Fares v2, by feed."""

    @classmethod
    def of(
        cls, fares: Iterable[Fare], rules: Iterable[tuple[int, str | None, str | None, str | None, str | None]] = ()
    ) -> FareTable:
        """A table from rules in any order: (fare, route, origin zone, destination zone, contained zone)."""
        rows = list(rules)
        routes = sorted({row[1] for row in rows if row[1] is not None})
        zones = sorted({zone for row in rows for zone in row[2:] if zone is not None})
        route_of = {name: i for i, name in enumerate(routes)} | {None: int(ANY)}
        zone_of = {name: i for i, name in enumerate(zones)} | {None: int(ANY)}
        numbers = np.array(
            [(fare, route_of[route], *(zone_of[zone] for zone in others)) for fare, route, *others in rows], np.uint32
        ).reshape(-1, 5)
        numbers = numbers[np.lexsort((numbers[:, 0], numbers[:, 3], numbers[:, 2]))]
        fare, route, origin, destination, contains = (np.ascontiguousarray(column) for column in numbers.T)
        return cls(tuple(fares), tuple(routes), tuple(zones), fare, route, origin, destination, contains)

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """Origin and destination of each rule as one number, ascending."""
        return (self.rule_origin.astype(np.uint64) << np.uint64(32)) | self.rule_destination.astype(np.uint64)

    @cached_property
    def _route_number(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.routes)}

    @cached_property
    def _zone_number(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.zones)}

    @cached_property
    def _unruled(self) -> list[int]:
        """The fares that hold everywhere."""
        ruled = set(np.unique(self.rule_fare).tolist())
        return [fare for fare in range(len(self.fares)) if fare not in ruled]

    def candidates(self, rides: Sequence[Ride]) -> Iterator[tuple[Fare, bool]]:
        """The fares whose rules let one of them cover these rides, in order of riding, apart from time and agency.

        Rows of a fare with the same origin and destination are read together: all routes ridden must be among their
        routes, all zones passed among their contained zones, where they name any. With each: whether it has the zones
        that the reference wants, exactly those contained. A fare for more is told too, since an AB ticket is valid for
        a ride within A, and feeds list no fare for A alone.
        """
        yield from ((self.fares[fare], True) for fare in self._unruled)
        routes = {self._route_number.get(ride.route_id, -1) for ride in rides}
        zones = {self._zone_number.get(zone, -1) for ride in rides for zone in ride.zones}
        origin = self._zone_number.get(rides[0].zones[0], int(ANY))
        destination = self._zone_number.get(rides[-1].zones[-1], int(ANY))
        for key in {(o, d) for o in (origin, int(ANY)) for d in (destination, int(ANY))}:
            for fare, allowed_routes, allowed_zones in self._rules(*key):
                if (not allowed_routes or routes <= allowed_routes) and (not allowed_zones or zones <= allowed_zones):
                    yield self.fares[fare], not allowed_zones or zones == allowed_zones

    @cached_property
    def _rules(self) -> Callable[[int, int], list[tuple[int, set[int], set[int]]]]:
        """`_read_rules`, remembering what was asked last: the journeys of one answer ask much the same."""
        return lru_cache(maxsize=4096)(self._read_rules)

    def _read_rules(self, origin: int, destination: int) -> list[tuple[int, set[int], set[int]]]:
        """Fare, routes and contained zones of the rules with exactly this origin and destination; empty: any."""
        found = []
        key = np.uint64((origin << 32) | destination)
        low, high = np.searchsorted(self._keys, key, "left"), np.searchsorted(self._keys, key, "right")
        fares = self.rule_fare[low:high]
        for fare in np.unique(fares).tolist():
            rows = slice(*(low + np.searchsorted(fares, fare, side) for side in ("left", "right")))
            routes, zones = set(self.rule_route[rows].tolist()), set(self.rule_contains[rows].tolist())
            found.append((fare, routes - {int(ANY)}, zones - {int(ANY)}))
        return found


@dataclass(frozen=True, slots=True)
class Ride:
    """A transit leg as far as fares care. `zones` are those of every stop from boarding to alighting, in order."""

    leg: int
    route_id: str
    agency_id: str
    fare_url: str
    start_s: float
    zones: tuple[str, ...]
    is_seated: bool = False
    """Ridden on in the seat of the ride before: no transfer."""

    @classmethod
    def of(cls, position: int, leg: Leg) -> Ride:
        """The ride of a transit leg at a position of an itinerary."""
        if leg.service is None:
            raise ValueError(f"leg {position} is no transit leg")
        zones = (leg.start.zone_id, *(call.place.zone_id for call in leg.calls), leg.end.zone_id)
        service = leg.service
        return cls(
            position,
            service.route_id,
            service.agency_id,
            service.fare_url,
            leg.start_at.timestamp(),
            zones,
            leg.stay_seated,
        )


def price(
    table: FareTable, legs: Sequence[Leg], travellers: Sequence[Traveller]
) -> tuple[tuple[FareProduct, ...], tuple[int, ...]]:
    """The cheapest products that cover the transit legs for each traveller, and the legs that somebody has none for.

    As few legs as possible stay without a fare; then the sum is least; then the products are fewest. Fares v1 knows
    one price for everybody, so each traveller pays it; the rider category stays on the product.
    """
    rides = [position for position, leg in enumerate(legs) if leg.is_transit]
    if not (table.fares or table.tariffs):
        return (), tuple(rides)
    feeds = _feeds_by_v2(table.tariffs, legs, rides) if table.tariffs else {}
    taken = {position for own in feeds.values() for position in own}
    flat = cheapest_cover(table, [Ride.of(position, legs[position]) for position in rides if position not in taken])
    found: list[FareProduct] = []
    unpriced: set[int] = set()
    for traveller in travellers:
        own = [_product(fare, part, traveller) for fare, part in flat]
        if feeds:
            own += _products_by_v2(table.tariffs, feeds, legs, traveller)
            own.sort(key=lambda product: product.legs)
        found += own
        unpriced.update(set(rides).difference(*(product.legs for product in own)))
    return tuple(found), tuple(sorted(unpriced))


def _feeds_by_v2(tariffs: Mapping[str, Tariff], legs: Sequence[Leg], rides: Sequence[int]) -> dict[str, list[int]]:
    """The rides that the Fares v2 of their feed speak of, by feed."""
    found: dict[str, list[int]] = {}
    for position in rides:
        service = legs[position].service
        feed = _feed(service.route_id) if service else ""
        if feed in tariffs and tariffs[feed].speaks_for(network_of(tariffs[feed], legs[position])):
            found.setdefault(feed, []).append(position)
    return found


def _products_by_v2(
    tariffs: Mapping[str, Tariff], feeds: Mapping[str, Sequence[int]], legs: Sequence[Leg], traveller: Traveller
) -> list[FareProduct]:
    """What a traveller needs for the rides of some feeds."""
    found = []
    for feed, rides in feeds.items():
        tariff = tariffs[feed]
        effective = fare_legs(tariff, legs, rides)
        chains = best_chains(tariff, effective, traveller.category)
        found += [product_of(chain, f"{feed}:", tariff, Ridden(legs, effective, traveller)) for chain in chains]
    return found


def cheapest_cover(table: FareTable, rides: Sequence[Ride]) -> list[tuple[Fare, tuple[Ride, ...]]]:
    """The best partition of rides into parts that one fare each covers: dynamic programme over sets of rides."""
    everything = (1 << len(rides)) - 1
    parts = {mask: tuple(ride for i, ride in enumerate(rides) if mask >> i & 1) for mask in range(1, everything + 1)}
    fares = {mask: cheapest_fare(table, part) for mask, part in parts.items()}
    # For a set of rides: (rides without a fare, sum of prices, products), and the part taken first.
    best: dict[int, tuple[tuple[int, int, int], int]] = {0: ((0, 0, 0), 0)}
    for mask in range(1, everything + 1):
        first = mask & -mask
        (missing, minor, count), _ = best[mask ^ first]
        options = [((missing + 1, minor, count), 0)]
        part = mask
        while part:
            fare = fares[part]
            if part & first and fare is not None:
                (missing, minor, count), _ = best[mask ^ part]
                # Currencies meet in one sum only where an operator prices one ride in several: any order will do.
                options.append(((missing, minor + fare.price.minor, count + 1), part))
            part = (part - 1) & mask
        best[mask] = min(options)
    chosen = []
    mask = everything
    while mask:
        part = best[mask][1]
        fare = fares[part] if part else None
        if fare is not None:
            chosen.append((fare, parts[part]))
        mask ^= part or mask & -mask
    return chosen


def cheapest_fare(table: FareTable, rides: Sequence[Ride]) -> Fare | None:
    """The cheapest single fare that covers all of some rides; None where there is none.

    One for more zones than are passed counts only where there is none for exactly those.
    """
    found = [(fare, exact) for fare, exact in table.candidates(rides) if _sold_together(fare, rides)]
    wanted = [fare for fare, exact in found if exact] or [fare for fare, _ in found]
    return min(wanted, key=lambda fare: (fare.price.minor, fare.product_id), default=None)


def _sold_together(fare: Fare, rides: Sequence[Ride]) -> bool:
    """Whether agency, number of transfers and time let one fare cover the rides.

    A transfer is in time when the last vehicle is boarded within the duration of boarding the first.
    """
    boarded = [rides[0].start_s, *(ride.start_s for ride in rides[1:] if not ride.is_seated)]
    if fare.transfers is not None and len(boarded) - 1 > fare.transfers:
        return False
    if fare.transfer_duration_s is not None and boarded[-1] - boarded[0] > fare.transfer_duration_s:
        return False
    if fare.agency_id:
        return all(ride.agency_id == fare.agency_id for ride in rides)
    feed = _feed(fare.product_id)
    return all(_feed(ride.agency_id) == feed for ride in rides)


def _product(fare: Fare, rides: Sequence[Ride], traveller: Traveller) -> FareProduct:
    name, legs = fare.product_id.partition(":")[2], tuple(ride.leg for ride in rides)
    reason = FareReason.TICKET_WITH_CHANGES if len(rides) > 1 else FareReason.TICKET
    return FareProduct(
        fare.product_id,
        name,
        fare.agency_id or rides[0].agency_id,
        traveller,
        legs,
        fare.price,
        fare.transfer_duration_s,
        fare.bought_on_board,
        rides[0].fare_url,
        explanation=(FareLine(reason, name, legs, fare.price, fare.transfer_duration_s),),
    )


def _feed(outside_id: str) -> str:
    """The feed of an outside id."""
    return outside_id.partition(":")[0]
