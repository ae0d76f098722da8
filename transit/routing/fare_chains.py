"""Fare legs → the cheapest tickets for them by one feed's Fares v2 (fare_leg_rules.txt, fare_transfer_rules.txt).

A chain is what is bought as one: the product of its first leg, and what each transfer rule makes of the next leg:
with S for what was paid before, B for the next leg's own product and AB for the transfer's (all by
`fare_transfer_type`): 0: S + AB, 1: S + AB + B, 2: AB instead of the first leg's product, later S + AB. A discount
gives back at most what was paid. A transfer that a rule matches must be processed: nobody may pay it apart instead,
unless no medium and rider category carry both sides of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from transit.routing.fare_legs import FareLeg
from transit.routing.fare_rows import Product, TransferRule
from transit.routing.query import RiderCategory
from transit.routing.riders import categories_of
from transit.routing.tariff import Tariff


class Buyer(NamedTuple):
    """As whom, and on which medium, one buys. `is_stray`: not in a category of one's own but in the default one."""

    category: str
    medium: str
    is_stray: bool


Sold = dict[str, dict[Buyer, list[Product]]]
"""For a fare leg the products that each buyer can have, by leg group."""


class Part(NamedTuple):
    """A fare leg (its number) within a chain: the rule that brought one onto it (None: the first), and the products."""

    leg: int
    group: str
    own: Product | None
    """The leg's own product, where it is paid."""
    rule: TransferRule | None = None
    extra: Product | None = None
    """The transfer's product; None: it costs nothing."""
    least: int = 0
    """Of the first part: what the cheapest product for that leg alone costs."""

    def paid(self, before: int, *, is_second: bool) -> int:
        """What the chain has cost with this part."""
        own, extra = (row.minor if row else 0 for row in (self.own, self.extra))
        is_whole = self.rule is None or (self.rule.kind == 2 and is_second)
        return max(0, (0 if is_whole else before) + extra + own)


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts that are bought together."""

    buyer: Buyer
    parts: tuple[Part, ...]

    @property
    def rows(self) -> list[Product]:
        """The products that it is made of; the first leg's comes first."""
        return [row for part in self.parts for row in (part.own, part.extra) if row is not None]

    @property
    def currency(self) -> str:
        """Of all its products."""
        return self.rows[0].currency

    @property
    def is_dearer_alone(self) -> bool:
        """Whether its first product would not be chosen for the first leg alone."""
        first = self.parts[0].own
        return len(self.parts) > 1 and first is not None and first.minor > self.parts[0].least

    def sums(self) -> list[int]:
        """What it has cost after each part, in minor units."""
        found: list[int] = []
        for i, part in enumerate(self.parts):
            found.append(part.paid(found[-1] if found else 0, is_second=i == 1))
        return found

    def on_medium(self, tariff: Tariff, medium: str) -> Chain | None:
        """The same bought on another medium, where that can be."""
        parts = []
        for part in self.parts:
            own, extra = (
                each and tariff.find_price(each.id, self.buyer.category, medium) for each in (part.own, part.extra)
            )
            if (own is None) != (part.own is None) or (extra is None) != (part.extra is None):
                return None
            parts.append(part._replace(own=own, extra=extra))
        return replace(self, buyer=self.buyer._replace(medium=medium), parts=tuple(parts))


class _Run(NamedTuple):
    """How often in succession a rule between groups was applied, and since which leg."""

    ends: tuple[str, str]
    times: int
    since: int


_NO_RUN = _Run(("", ""), 0, 0)


class _State(NamedTuple):
    """All of the past that decides what the next leg costs; `paid` is the sum of the chain so far."""

    buyer: Buyer | None
    group: str
    currency: str
    paid: int
    is_first: bool
    run: _Run


_CLOSED = _State(None, "", "", 0, True, _NO_RUN)


class _Node(NamedTuple):
    """The best way into a state, and its chains.

    By (legs that nobody can pay, what earlier chains cost, chains, those in the default category).
    """

    cost: tuple[int, int, int, int]
    chains: tuple[Chain, ...]


@dataclass(frozen=True)
class _Search:
    """The dynamic programme over the fare legs for one rider."""

    tariff: Tariff
    legs: Sequence[FareLeg]
    buyers: tuple[Buyer, ...]

    @cached_property
    def products(self) -> list[Sold]:
        """What is sold for each leg."""
        return [self._sold(leg) for leg in self.legs]

    def _sold(self, leg: FareLeg) -> Sold:
        groups: Sold = {}
        for rule in self.tariff.rules_for(leg.networks, leg.stops, leg.frames):
            sold = groups.setdefault(rule.group, {})
            for buyer in self.buyers:
                row = self.tariff.find_price(rule.product, buyer.category, buyer.medium)
                if row is not None:
                    sold.setdefault(buyer, []).append(row)
        return groups

    def best(self) -> tuple[Chain, ...]:
        """The cheapest chains; a leg that nobody can pay is in none, and ends what stands before it."""
        nodes = {_CLOSED: _Node((0, 0, 0, 0), ())}
        for leg in range(len(self.legs)):
            nodes = self._on(nodes, leg)
        return min(map(_closed, nodes, nodes.values()), key=_cost).chains

    def _on(self, nodes: dict[_State, _Node], leg: int) -> dict[_State, _Node]:
        found: dict[_State, _Node] = {}
        for before, node in nodes.items():
            for state, reached in self._steps(before, node, leg):
                known = found.get(state)
                if known is None or reached.cost < known.cost:
                    found[state] = reached
        return found

    def _steps(self, before: _State, node: _Node, leg: int) -> Iterator[tuple[_State, _Node]]:
        groups = self.products[leg]
        went_on = set()
        for group in groups if before.buyer else ():
            for state, part in self._changes(before, leg, group):
                went_on.add(group)
                last = node.chains[-1]
                yield state, _Node(node.cost, (*node.chains[:-1], replace(last, parts=(*last.parts, part))))
        missing, minor, count, strays = _closed(before, node).cost
        for group, sold in groups.items():
            for buyer in () if group in went_on else sold:
                if went_on and buyer != before.buyer:
                    continue
                cost = (missing, minor, count + 1, strays + buyer.is_stray)
                least = min(row.minor for others in groups.values() for row in others.get(buyer, ()))
                for product in sold[buyer]:
                    part = Part(leg, group, product, least=least)
                    state = _State(buyer, group, product.currency, part.paid(0, is_second=False), True, _NO_RUN)
                    yield state, _Node(cost, (*node.chains, Chain(buyer, (part,))))
        if not went_on and not any(groups.values()):
            yield _CLOSED, _Node((missing + 1, minor, count, strays), node.chains)

    def _changes(self, before: _State, leg: int, group: str) -> Iterator[tuple[_State, Part]]:
        """What transfer rules make of going on from one leg to a group of the next.

        Of rules that differ in how often they may be applied, the one with the least number that suffices holds.
        """
        found = list(self._parts(before, leg, group))
        counts = [part.rule.count for part, _ in found if part.rule and part.rule.is_loop and part.rule.count > 0]
        for part, run in found:
            if part.rule and not (part.rule.is_loop and counts and part.rule.count != min(counts)):
                paid = part.paid(before.paid, is_second=before.is_first)
                yield _State(before.buyer, group, before.currency, paid, False, run), part

    def _parts(self, before: _State, leg: int, group: str) -> Iterator[tuple[Part, _Run]]:
        """The transfer rules that are in time and not used up, with the products that the buyer can have for them."""
        assert before.buyer is not None
        for rule in self.tariff.transfers_between(before.group, group):
            run = _Run((rule.from_group, rule.to_group), 1, leg - 1)
            if rule.is_loop and before.run.ends == run.ends and before.run.times:
                run = run._replace(times=before.run.times + 1, since=before.run.since)
            if (rule.is_loop and 0 < rule.count < run.times) or not in_time(rule, self.legs[run.since], self.legs[leg]):
                continue
            extra = self.tariff.find_price(rule.product, *before.buyer[:2]) if rule.product else None
            if rule.product and extra is None:
                continue
            for own in self.products[leg][group].get(before.buyer, ()) if rule.kind == 1 else (None,):
                if all(each is None or each.currency == before.currency for each in (own, extra)):
                    yield Part(leg, group, own, rule, extra), run if rule.is_loop else _NO_RUN


def best_chains(tariff: Tariff, legs: Sequence[FareLeg], rider: RiderCategory) -> tuple[Chain, ...]:
    """The cheapest way for a rider to pay the fare legs: least sum, then fewest products, then their own category.

    The rider is priced in a category of their own or in the default one, whichever is less in all.
    """
    own, default = categories_of(tariff.categories, rider)
    names = [(category, False) for category in own] + [(category, bool(own)) for category in default]
    buyers = [Buyer(category, medium, stray) for category, stray in names for medium in tariff.media_in_use]
    return _Search(tariff, legs, tuple(buyers)).best()


def in_time(rule: TransferRule, first: FareLeg, last: FareLeg) -> bool:
    """Whether a transfer keeps the `duration_limit`, measured as its type says."""
    if not rule.limit_s:
        return True
    start = first.start_s if rule.limit_kind in (0, 1) else first.end_s
    end = last.end_s if rule.limit_kind in (0, 3) else last.start_s
    return end - start <= rule.limit_s


def _closed(state: _State, node: _Node) -> _Node:
    """A way whose last chain ends."""
    return node._replace(cost=(node.cost[0], node.cost[1] + state.paid, *node.cost[2:]))


def _cost(node: _Node) -> tuple[int, int, int, int]:
    return node.cost
