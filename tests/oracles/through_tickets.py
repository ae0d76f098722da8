"""The slow, obvious price of some fare legs by Fares v2: every history of tickets that the rules allow.

Nothing is looked up: every rule of the tables is read for every leg, and every sum is taken over the whole history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from transit.routing.fare_legs import FareLeg
from transit.routing.fare_rows import LegRule, Product, TransferRule
from transit.routing.query import RiderCategory
from transit.routing.riders import categories_of
from transit.routing.tariff import Tariff

Entry = tuple[int, str, Product | None, TransferRule | None, Product | None]
"""Leg, group, its own product if paid, transfer rule and its product."""


@dataclass(frozen=True)
class Ticket:
    """What is bought as one, as a member of a category, on a medium."""

    category: str
    medium: str
    stray: bool
    entries: tuple[Entry, ...]

    def price(self) -> int:
        """By the table of fare_transfer_type in the reference."""
        paid = 0
        for i, (_, _, own, rule, extra) in enumerate(self.entries):
            mine, more = own.minor if own else 0, extra.minor if extra else 0
            if rule is None:
                paid = max(0, mine)
            elif rule.kind == 2 and i == 1:
                paid = max(0, more)
            else:
                paid = max(0, paid + more + mine)
        return paid

    @property
    def currency(self) -> str:
        """Of its first product."""
        first = self.entries[0][2]
        assert first is not None
        return first.currency


def matching(tariff: Tariff, leg: FareLeg) -> list[LegRule]:
    """The leg rules for a leg, by the text of the reference."""
    areas = [{row.area for row in tariff.stop_areas if row.stop == stop} for stop in leg.stops]
    found = []
    for rule in tariff.leg_rules:
        fits = []
        for name, values in (("network", set(leg.networks)), ("from_area", areas[0]), ("to_area", areas[1])):
            wanted = getattr(rule, name)
            if wanted:
                fits.append(wanted in values if name != "network" else values == {wanted})
            else:
                fits.append(
                    tariff.has_priorities or all(getattr(r, name) not in values - {""} for r in tariff.leg_rules)
                )
        fits += [rule.from_frame in ("", *leg.frames[0]), rule.to_frame in ("", *leg.frames[1])]
        if all(fits):
            found.append(rule)
    top = max((rule.priority for rule in found), default=0)
    return [rule for rule in found if rule.priority == top]


def rows(tariff: Tariff, product_id: str, category: str, medium: str) -> Product | None:
    """The cheapest row that somebody can use; of equal ones that which is for them in particular."""
    found = [
        row
        for row in tariff.products
        if row.id == product_id and row.category in ("", category) and row.medium in ("", medium)
    ]
    return min(found, key=lambda row: (row.minor, row.category == "", row.medium == ""), default=None)


def fitting(tariff: Tariff, rule: TransferRule, tail: str, head: str) -> bool:
    """Whether a transfer rule is about two groups."""
    if not tail or not head:
        return False
    others = tariff.transfer_rules
    first = rule.from_group == tail or (not rule.from_group and all(each.from_group != tail for each in others))
    last = rule.to_group == head or (not rule.to_group and all(each.to_group != head for each in others))
    return first and last


def seconds(rule: TransferRule, first: FareLeg, last: FareLeg) -> float:
    """What a duration limit is about."""
    return {
        0: last.end_s - first.start_s,
        1: last.start_s - first.start_s,
        2: last.start_s - first.end_s,
        3: last.end_s - first.end_s,
    }[rule.limit_kind]


def changes(tariff: Tariff, legs: Sequence[FareLeg], ticket: Ticket, leg: int) -> list[Entry]:
    """All that a ticket can become with the next leg."""
    found = []
    for group in dict.fromkeys(rule.group for rule in matching(tariff, legs[leg])):
        usable: list[tuple[TransferRule, Entry]] = []
        for rule in tariff.transfer_rules:
            if not fitting(tariff, rule, ticket.entries[-1][1], group):
                continue
            times, since = 1, leg - 1
            if rule.from_group == rule.to_group:
                for entry in reversed(ticket.entries):
                    before = entry[3]
                    if before is None or (before.from_group, before.to_group) != (rule.from_group, rule.to_group):
                        break
                    times, since = times + 1, entry[0] - 1
                if rule.count != -1 and times > rule.count:
                    continue
            if rule.limit_s and seconds(rule, legs[since], legs[leg]) > rule.limit_s:
                continue
            extra = rows(tariff, rule.product, ticket.category, ticket.medium)
            if rule.product and extra is None:
                continue
            owns: list[Product | None] = [None]
            if rule.kind == 1:
                owns = [*sold(tariff, legs[leg], group, ticket.category, ticket.medium)]
            usable += [
                (rule, (leg, group, own, rule, extra))
                for own in owns
                if {each.currency for each in (own, extra) if each} <= {ticket.currency}
            ]
        limited = [rule.count for rule, _ in usable if rule.from_group == rule.to_group and rule.count != -1]
        for rule, entry in usable:
            if rule.from_group != rule.to_group or not limited or rule.count == min(limited):
                found.append(entry)
    return found


def sold(tariff: Tariff, leg: FareLeg, group: str, category: str, medium: str) -> list[Product]:
    """The products for a leg in a group."""
    found = [rows(tariff, rule.product, category, medium) for rule in matching(tariff, leg) if rule.group == group]
    return [row for row in found if row is not None]


def histories(
    tariff: Tariff, legs: Sequence[FareLeg], rider: RiderCategory, leg: int, bought: tuple[Ticket | None, ...]
) -> Iterator[tuple[Ticket | None, ...]]:
    """Every way to go on; None stands for a leg that nobody can pay."""
    if leg == len(legs):
        yield bought
        return
    own, default = categories_of(tariff.categories, rider)
    media = {row.medium for row in tariff.products if row.medium} or {""}
    buyers = [*product(own, media, (False,)), *product(default, media, (bool(own),))]
    groups = list(dict.fromkeys(rule.group for rule in matching(tariff, legs[leg])))
    last = bought[-1] if bought else None
    entries = changes(tariff, legs, last, leg) if last else []
    if not entries and not any(sold(tariff, legs[leg], group, c, m) for group in groups for c, m, _ in buyers):
        yield from histories(tariff, legs, rider, leg + 1, (*bought, None))
    for entry in entries:
        assert last is not None
        longer = Ticket(last.category, last.medium, last.stray, (*last.entries, entry))
        yield from histories(tariff, legs, rider, leg + 1, (*bought[:-1], longer))
    for group in groups:
        if group in {entry[1] for entry in entries}:
            continue
        for category, medium, stray in buyers:
            if entries and last is not None and (category, medium) != (last.category, last.medium):
                continue
            for row in sold(tariff, legs[leg], group, category, medium):
                ticket = Ticket(category, medium, stray, ((leg, group, row, None, None),))
                yield from histories(tariff, legs, rider, leg + 1, (*bought, ticket))


def best_cost(tariff: Tariff, legs: Sequence[FareLeg], rider: RiderCategory) -> tuple[int, int, int, int]:
    """Legs that nobody can pay, sum, tickets, those not in one's own category: the least of all histories."""
    found = []
    for history in histories(tariff, legs, rider, 0, ()):
        tickets = [each for each in history if each is not None]
        found.append(
            (history.count(None), sum(t.price() for t in tickets), len(tickets), sum(t.stray for t in tickets))
        )
    return min(found)
