"""Published fares as the search for cheaper journeys adds them up: see `kernels.tickets`.

What the search does exactly, and what it only estimates, is what docs/criteria.md says; the price that is shown is
always that of `fares.price`. Exact are fares without changes, by line and by the zones where a ride begins and ends;
tickets of one price with any number of changes within a time; and tickets by the zones passed, where a ticket for all
zones is not dearer than two for some each and lasts for the whole journey. Of Fares v1, other tickets with changes
count as one for each ride. Of Fares v2, the cheapest fare of a network is counted once for all its rides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.fare_legs import local_id
from transit.routing.fares import ANY, Fare, FareTable, Ride, cheapest_fare
from transit.routing.kernels.raptor import UNREACHED
from transit.routing.kernels.tickets import UNLIMITED, Fares
from transit.routing.query import RiderCategory
from transit.routing.riders import categories_of
from transit.routing.tariff import Tariff

I32 = NDArray[np.int32]
# A ride whose price is not known counts as dearer than any that is.
UNKNOWN = 10_000_000
# A label of the search holds a ticket of each group, for sets of so many zones.
MAX_GROUPS = 4
MAX_ZONES = 8
# Fares between more zones than this on one line are taken for the cheapest of them.
MAX_SIDE = 2048


class Line(NamedTuple):
    """What fares know of a vehicle: `feed:route`, `feed:agency`, and the zones that it passes."""

    route_id: str
    agency_id: str
    zones: frozenset[str] = frozenset()


class Codes(NamedTuple):
    """The code of each line, and what the kernels know of codes."""

    code: NDArray[np.uint32]
    fares: Fares
    currency: str = ""
    """That in which prices count; "" where no fare is known."""


@dataclass(frozen=True)
class Group:
    """Lines that one kind of ticket is good for. `prices` are by set of zones, `bits` by zone; a bit that belongs to
    the line is the same in every zone.
    """

    lines: frozenset[int]
    prices: tuple[int, ...]
    bits: Mapping[int, tuple[int, ...]]
    """By number of the line: the bit of each zone."""
    rides: int
    lasts: int


class Matrix(NamedTuple):
    """Lines on which every ride is paid alone: the row and column of each zone, and the fares."""

    lines: tuple[int, ...]
    place: tuple[int, ...]
    fares: NDArray[np.int64]


def codes_of(table: FareTable, lines: Sequence[Line], zones: Sequence[str]) -> Codes:
    """The fares of some lines between some zones (`feed:zone`, or "" for none)."""
    return _written(_Reader(table, tuple(lines), tuple(zones)))


@dataclass(frozen=True)
class _Reader:
    """Sorts lines by how one pays on them."""

    table: FareTable
    lines: tuple[Line, ...]
    zones: tuple[str, ...]

    @cached_property
    def groups(self) -> list[Group]:
        """The tickets, those of most lines first."""
        found = [group for feed in self.by_v2 for group in [self._estimated(feed)] if group]
        for fares, lines in self.by_fares.items():
            group = self._ticket(fares, lines)
            if group is not None:
                found.append(group)
        return sorted(found, key=lambda group: (-len(group.lines), min(group.lines)))[:MAX_GROUPS]

    @cached_property
    def matrices(self) -> list[Matrix]:
        """What is paid ride by ride."""
        with_tickets = frozenset().union(*(group.lines for group in self.groups))
        found = []
        for fares, lines in self.by_fares.items():
            own: dict[int, list[int]] = defaultdict(list)
            for line in lines:
                if line not in with_tickets:
                    route = self.table.routes.index(self.lines[line].route_id) if self._is_ruled(line) else int(ANY)
                    own[route].append(line)
            found += [self._matrix(fares, route, tuple(each)) for route, each in own.items()]
        rest = {line for lines in self.by_v2.values() for line in lines} - with_tickets
        if rest:
            found.append(Matrix(tuple(sorted(rest)), (0,) * len(self.zones), np.array([[UNKNOWN]])))
        return found

    @cached_property
    def currency(self) -> str:
        """That of most fares; a ride that is paid in another counts as one without a known price."""
        v2 = (row.currency for tariff in self.table.tariffs.values() for row in tariff.products)
        counted = Counter([fare.price.currency for fare in self.table.fares]) + Counter(v2)
        return counted.most_common(1)[0][0] if counted else ""

    @cached_property
    def by_v2(self) -> dict[str, list[int]]:
        """The lines that the Fares v2 of their feed speak of, by feed."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            tariff = self.table.tariffs.get(_feed(line.route_id))
            if tariff is not None and tariff.speaks_for(tariff.network_of(local_id(line.route_id))):
                found[_feed(line.route_id)].append(number)
        return found

    @cached_property
    def by_fares(self) -> dict[frozenset[int], list[int]]:
        """The other lines by the fares of which one may be paid for a ride."""
        taken = {line for lines in self.by_v2.values() for line in lines}
        found: dict[frozenset[int], list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            if number not in taken:
                found[self._fares_of(line)].append(number)
        return found

    def _fares_of(self, line: Line) -> frozenset[int]:
        named = self._fares_by_route.get(line.route_id, frozenset())
        own = (fare for fare in self._anywhere | named if _sells(self.table.fares[fare], line))
        return frozenset(fare for fare in own if self.table.fares[fare].price.currency == self.currency)

    @cached_property
    def _anywhere(self) -> frozenset[int]:
        """The fares that some rule, or none at all, lets hold on any line."""
        ruled = set(self.table.rule_fare.tolist())
        anywhere = set(self.table.rule_fare[self.table.rule_route == ANY].tolist())
        return frozenset(anywhere | (set(range(len(self.table.fares))) - ruled))

    @cached_property
    def _fares_by_route(self) -> dict[str, frozenset[int]]:
        """The fares that rules name a line for."""
        named = self.table.rule_route != ANY
        pairs = np.unique(np.stack((self.table.rule_route[named], self.table.rule_fare[named])), axis=1)
        found: dict[str, set[int]] = defaultdict(set)
        for route, fare in pairs.T.tolist():
            found[self.table.routes[route]].add(fare)
        return {route: frozenset(fares) for route, fares in found.items()}

    def _is_ruled(self, line: int) -> bool:
        """Whether some rule names the line."""
        return self.lines[line].route_id in self._fares_by_route

    def _rows(self, fares: frozenset[int]) -> NDArray[np.uint32]:
        """The rules of some fares: fare, route, origin, destination, contained zone."""
        t = self.table
        rows = np.isin(t.rule_fare, np.array(sorted(fares), np.uint32))
        columns = t.rule_fare, t.rule_route, t.rule_origin, t.rule_destination, t.rule_contains
        return np.stack([column[rows] for column in columns], axis=1)

    def _ticket(self, fares: frozenset[int], lines: list[int]) -> Group | None:
        """The fares as a ticket: all are good for as many rides and as long, on the same lines, by zones passed."""
        kinds = {(self.table.fares[fare].transfers, self.table.fares[fare].transfer_duration_s) for fare in fares}
        others = (set(own) for own in self.by_fares if own != fares)
        if len(kinds) != 1 or any(not fares.isdisjoint(own) for own in others):
            return None
        ((transfers, lasts),) = kinds
        rows = self._rows(fares)
        named = sorted(set(rows[:, 4].tolist()) - {int(ANY)})
        is_single = transfers == 0 and not named
        if is_single or (rows[:, 2:4] != ANY).any() or self._mixes(rows):
            return None
        known = {self.table.zones[zone] for zone in named}
        passed = frozenset().union(*(self.lines[line].zones for line in lines))
        names = [*sorted(known & passed), *([""] if passed - known else [])] if named else []
        if len(names) > MAX_ZONES:
            return None
        bit_of = {zone: 1 << i for i, zone in enumerate(names)}
        bits = tuple(bit_of.get(zone, bit_of.get("", 0)) for zone in self.zones)
        prices = self._prices(self.lines[lines[0]], names)
        if any(prices[a] > prices[a | b] for a in range(len(prices)) for b in range(len(prices))):
            return None
        rides = int(UNLIMITED) if transfers is None else transfers + 1
        lasts_s = int(UNREACHED) if lasts is None else lasts
        return Group(frozenset(lines), prices, dict.fromkeys(lines, bits), rides, lasts_s)

    @staticmethod
    def _mixes(rows: NDArray[np.uint32]) -> bool:
        """Whether some fare has rules for a line and others for none in particular."""
        every = {(fare, route == ANY) for fare, route in rows[:, :2].tolist()}
        return len({fare for fare, _ in every}) < len(every)

    def _prices(self, line: Line, zones: list[str]) -> tuple[int, ...]:
        """The price by set of zones; of none of them where it is the same whatever is passed."""
        sets = ([zone for i, zone in enumerate(zones) if mask >> i & 1] for mask in range(1, 1 << len(zones)))
        return (0 if zones else self._price(line, ("",)), *(self._price(line, tuple(each)) for each in sets))

    def _price(self, line: Line, zones: tuple[str, ...]) -> int:
        fare = cheapest_fare(self.table, [Ride(0, line.route_id, line.agency_id, "", 0, zones)])
        return fare.price.minor if fare and fare.price.currency == self.currency else UNKNOWN

    def _matrix(self, fares: frozenset[int], route: int, lines: tuple[int, ...]) -> Matrix:
        """What each ride costs by the zones of its ends; contained zones are asked for at both ends alone."""
        rows = self._rows(fares)
        rows = rows[(rows[:, 1] == ANY) | (rows[:, 1] == route)]
        price = np.array([fare.price.minor for fare in self.table.fares], np.int64)
        always = fares - set(self.table.rule_fare.tolist())
        least = min((int(price[fare]) for fare in always), default=UNKNOWN)
        names = sorted(set(rows[:, 2:].ravel().tolist()) - {int(ANY)})
        if len(names) > MAX_SIDE:
            least = min(least, int(price[rows[:, 0]].min()))
            return Matrix(lines, (0,) * len(self.zones), np.array([[least]]))
        row_of = {self.table.zones[zone]: i for i, zone in enumerate(names, 1)}
        found = np.full((len(names) + 1, len(names) + 1), least, np.int64)
        number = np.zeros(max(names, default=0) + 1, np.int64)
        number[names] = np.arange(1, len(names) + 1)
        simple = (rows[:, 2] != ANY) & (rows[:, 3] != ANY) & (rows[:, 4] == ANY)
        ends = rows[simple]
        np.minimum.at(found, (number[ends[:, 2]], number[ends[:, 3]]), price[ends[:, 0]])
        contained: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        for fare, _, tail, head, zone in rows[~simple].tolist():
            contained[fare, tail, head] |= {zone} - {int(ANY)}
        for (fare, tail, head), zones in contained.items():
            inside = [int(number[zone]) for zone in zones] or range(len(names) + 1)
            tails = set(inside) if tail == ANY else {int(number[tail])} & set(inside)
            heads = set(inside) if head == ANY else {int(number[head])} & set(inside)
            part = np.ix_(sorted(tails), sorted(heads))
            found[part] = np.minimum(found[part], price[fare])
        return Matrix(lines, tuple(row_of.get(zone, 0) for zone in self.zones), found)

    def _estimated(self, feed: str) -> Group | None:
        """Of Fares v2: the dearest of the cheapest fares of the networks ridden in."""
        tariff = self.table.tariffs[feed]
        networks = {line: tariff.network_of(local_id(self.lines[line].route_id)) for line in self.by_v2[feed]}
        names = sorted(set(networks.values()))
        if len(names) > MAX_ZONES:
            names, networks = [""], dict.fromkeys(networks, "")
        least = [self._least(tariff, name) for name in names]
        if UNKNOWN in least:
            return None
        sets = ([least[i] for i in range(len(names)) if mask >> i & 1] for mask in range(1 << len(names)))
        prices = tuple(max(each, default=0) for each in sets)
        bits = {line: (1 << names.index(name),) * len(self.zones) for line, name in networks.items()}
        return Group(frozenset(networks), prices, bits, int(UNLIMITED), int(UNREACHED))

    def _least(self, tariff: Tariff, network: str) -> int:
        """The cheapest fare that some rule has for a ride of an adult in a network."""
        own, default = categories_of(tariff.categories, RiderCategory.ADULT)
        products = {rule.product for rule in tariff.leg_rules if rule.network in (network, "")}
        rows = (
            tariff.find_price(product, category, medium)
            for product in products
            for category in (*own, *default)
            for medium in tariff.media_in_use
        )
        return min((row.minor for row in rows if row and row.currency == self.currency), default=UNKNOWN)


class _Rows(NamedTuple):
    """What is known of each code, and of the fares of single rides."""

    group: list[int]
    place: list[tuple[int, ...]]
    side: list[int]
    start: list[int]
    single: list[NDArray[np.int64]]

    def add(self, group: int, place: tuple[int, ...], single: NDArray[np.int64]) -> int:
        """A code more; returns it."""
        self.group.append(group)
        self.place.append(place)
        self.side.append(len(single))
        self.start.append(sum(map(np.size, self.single)))
        self.single.append(single)
        return len(self.group) - 1


def _written(reader: _Reader) -> Codes:
    """The arrays."""
    groups, rows = reader.groups, _Rows([], [], [], [], [])
    code = np.zeros(len(reader.lines), np.uint32)
    for number, each in enumerate(groups):
        for bits in sorted(set(each.bits.values())):
            code[[line for line in each.lines if each.bits[line] == bits]] = rows.add(number, bits, _NONE)
    for matrix in reader.matrices:
        code[list(matrix.lines)] = rows.add(-1, matrix.place, matrix.fares)
    most = max((len(each.prices) for each in groups), default=1)
    prices = np.zeros((len(groups), most), np.int32)
    excess = np.zeros((len(groups), most, most), np.int32)
    for number, each in enumerate(groups):
        own = len(each.prices)
        prices[number, :own] = each.prices
        excess[number, :own, :own] = _excess(np.array(each.prices))
    fares = Fares(
        np.array(rows.group, np.int32),
        np.array(rows.place, np.int32).reshape(len(rows.group), len(reader.zones)),
        np.array(rows.side, np.int32),
        np.array(rows.start, np.int64),
        np.concatenate([np.ravel(_NONE), *map(np.ravel, rows.single)]).astype(np.int32),
        prices,
        np.array([each.rides for each in groups], np.int32),
        np.array([each.lasts for each in groups], np.int32),
        excess,
    )
    return Codes(code, fares, reader.currency)


_NONE = np.zeros((0, 0), np.int64)


def _excess(prices: NDArray[np.int64]) -> NDArray[np.int64]:
    """How much more, at most, more zones cost with a first set of zones than with a second."""
    sets = np.arange(len(prices))
    more = prices[sets[:, None] | sets[None, :]] - prices[:, None]
    return np.stack([(more[a][None, :] - more).max(axis=1) for a in sets])


def _sells(fare: Fare, line: Line) -> bool:
    """Whether the fare is one of the line's agency, or of its feed."""
    if fare.agency_id:
        return fare.agency_id == line.agency_id
    return _feed(fare.product_id) == _feed(line.agency_id)


def _feed(outside_id: str) -> str:
    return outside_id.partition(":")[0]
