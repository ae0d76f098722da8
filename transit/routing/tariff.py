"""The fares of one feed by GTFS-Fares v2 (GTFS Schedule reference of 2026), and which of them apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from transit.routing.fare_rows import (
    Category,
    JoinRule,
    LegRule,
    Medium,
    Product,
    RouteNetwork,
    ServiceDay,
    StopArea,
    StopStation,
    Timeframe,
    TransferRule,
)

KEPT = 4096
Ends = tuple[str, str]
"""The stops at which a fare leg begins and ends."""
Frames = tuple[frozenset[str], frozenset[str]]
"""The timeframe groups in which it does."""


@dataclass(frozen=True)
class Tariff:
    """All of it. `has_priorities`: whether fare_leg_rules.txt has the field `rule_priority`, which changes what an
    empty field means: with it, anything; without, whatever no other rule names.
    """

    categories: tuple[Category, ...] = ()
    media: tuple[Medium, ...] = ()
    products: tuple[Product, ...] = ()
    leg_rules: tuple[LegRule, ...] = ()
    join_rules: tuple[JoinRule, ...] = ()
    transfer_rules: tuple[TransferRule, ...] = ()
    timeframes: tuple[Timeframe, ...] = ()
    service_days: tuple[ServiceDay, ...] = ()
    stop_areas: tuple[StopArea, ...] = ()
    stop_stations: tuple[StopStation, ...] = ()
    route_networks: tuple[RouteNetwork, ...] = ()
    has_priorities: bool = False

    def network_of(self, route: str) -> str:
        """The network of a route, "" for none."""
        return self._networks.get(route, "")

    def station_of(self, stop: str) -> str:
        """The station of a stop, or the stop itself."""
        return self._stations.get(stop, stop)

    def speaks_for(self, network: str) -> bool:
        """Whether a leg rule could be about a network: if it names it, or none in particular."""
        return not self._networks_ruled.isdisjoint({network, ""})

    def frames_at(self, local: datetime) -> frozenset[str]:
        """The timeframe groups of a moment, given as the clock of its stop shows it."""
        day, second = local.toordinal(), local.hour * 3600 + local.minute * 60 + local.second
        return frozenset(
            each.group
            for each in self.timeframes
            if each.start_s <= second < each.end_s and day in self._days[each.service]
        )

    @cached_property
    def rules_for(self) -> Callable[[frozenset[str], Ends, Frames], list[LegRule]]:
        """`_rules_for`, remembering what was asked last: the journeys of one answer ask much the same."""
        return lru_cache(maxsize=KEPT)(self._rules_for)

    @cached_property
    def transfers_between(self) -> Callable[[str, str], list[TransferRule]]:
        """`_transfers_between`, likewise."""
        return lru_cache(maxsize=KEPT)(self._transfers_between)

    @cached_property
    def find_price(self) -> Callable[[str, str, str], Product | None]:
        """`_find_price`, likewise."""
        return lru_cache(maxsize=KEPT)(self._find_price)

    def _rules_for(self, networks: frozenset[str], ends: Ends, frames: Frames) -> list[LegRule]:
        """The leg rules that match a fare leg by its networks, the stops at its ends, and the timeframes there.

        A stop in several areas matches by any of them, and by an empty field where no rule names any of them.
        """
        named = networks if len(networks) == 1 else frozenset[str]()
        areas = [self._areas.get(stop, frozenset()) for stop in ends]
        found = [
            rule
            for network in _choices(named, self._listed[0], self.has_priorities, networks)
            for tail in _choices(areas[0], self._listed[1], self.has_priorities)
            for head in _choices(areas[1], self._listed[2], self.has_priorities)
            for rule in self._rules.get((network, tail, head), ())
            if rule.from_frame in frames[0] | {""} and rule.to_frame in frames[1] | {""}
        ]
        top = max((rule.priority for rule in found), default=0)
        return [rule for rule in found if rule.priority == top]

    def _transfers_between(self, from_group: str, to_group: str) -> list[TransferRule]:
        """The transfer rules of two leg groups; an empty field is every group that the field names nowhere."""
        if not (from_group and to_group):
            return []
        tails = _choices({from_group}, self._listed_transfers[0], False)
        heads = _choices({to_group}, self._listed_transfers[1], False)
        return [rule for tail in tails for head in heads for rule in self._transfers.get((tail, head), ())]

    def _find_price(self, product: str, category: str, medium: str) -> Product | None:
        """The cheapest row of a product that a rider of a category can use on a medium, rather one made for them."""
        rows = [row for row in self._priced.get(product, ()) if row.category in (category, "")]
        fit = (row for row in rows if row.medium in (medium, ""))
        return min(fit, key=lambda row: (row.minor, row.category == "", row.medium == ""), default=None)

    @cached_property
    def media_in_use(self) -> tuple[str, ...]:
        """The media that products name, one of those on which all is the same; ("",) where none is named."""
        rows = defaultdict[str, set[tuple[str, str, int, str]]](set)
        for row in self.products:
            if row.medium:
                rows[row.medium].add((row.id, row.category, row.minor, row.currency))
        kinds = {frozenset(sold): medium for medium, sold in reversed(rows.items())}
        return tuple(medium for medium in rows if medium in kinds.values()) or ("",)

    @cached_property
    def _networks(self) -> dict[str, str]:
        return {row.route: row.network for row in self.route_networks}

    @cached_property
    def _networks_ruled(self) -> frozenset[str]:
        return frozenset(rule.network for rule in self.leg_rules)

    @cached_property
    def _stations(self) -> dict[str, str]:
        return {row.stop: row.station for row in self.stop_stations}

    @cached_property
    def _areas(self) -> dict[str, frozenset[str]]:
        found = defaultdict[str, set[str]](set)
        for row in self.stop_areas:
            found[row.stop].add(row.area)
        return {stop: frozenset(areas) for stop, areas in found.items()}

    @cached_property
    def _days(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {each.service: set() for each in self.timeframes}
        for row in self.service_days:
            found[row.service].add(row.day)
        return {service: frozenset(days) for service, days in found.items()}

    @cached_property
    def _rules(self) -> dict[tuple[str, str, str], list[LegRule]]:
        found = defaultdict[tuple[str, str, str], list[LegRule]](list)
        for rule in self.leg_rules:
            found[rule.network, rule.from_area, rule.to_area].append(rule)
        return dict(found)

    @cached_property
    def _listed(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The networks, departure and arrival areas that leg rules name."""
        columns = [(rule.network, rule.from_area, rule.to_area) for rule in self.leg_rules]
        networks, tails, heads = (frozenset(row[i] for row in columns) - {""} for i in range(3))
        return networks, tails, heads

    @cached_property
    def _transfers(self) -> dict[tuple[str, str], list[TransferRule]]:
        found = defaultdict[tuple[str, str], list[TransferRule]](list)
        for rule in self.transfer_rules:
            found[rule.from_group, rule.to_group].append(rule)
        return dict(found)

    @cached_property
    def _listed_transfers(self) -> tuple[frozenset[str], frozenset[str]]:
        rules = self.transfer_rules
        return frozenset(r.from_group for r in rules) - {""}, frozenset(r.to_group for r in rules) - {""}

    @cached_property
    def _priced(self) -> dict[str, list[Product]]:
        found = defaultdict[str, list[Product]](list)
        for row in self.products:
            found[row.id].append(row)
        return dict(found)


def _choices(
    values: Iterable[str], listed: frozenset[str], has_priorities: bool, all_values: frozenset[str] | None = None
) -> list[str]:
    """What a field may hold so that some values match it: one of them, or nothing where empty stands for them."""
    named = [value for value in values if value]
    unlisted = listed.isdisjoint(named if all_values is None else all_values)
    return [*named, ""] if has_priorities or unlisted else named
