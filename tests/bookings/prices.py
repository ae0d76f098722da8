"""Bar 15: prices that change between the offer, the hold and the purchase; nobody pays more than they agreed to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bookings.models import Order
from bookings.services import cancelling, orders
from bookings.services.rows import snapshot_of
from tests.bookings.invariants import Violation, at_operators, at_rest, money, need, safe
from tests.bookings.world import NoRest, World
from transit.money import Money

NewWorld = Callable[..., World]
CHANGES: Mapping[str, dict[str, Any]] = {
    "up": {"kind": "price_up", "percent": 20},
    "up a little": {"kind": "price_up", "percent": 1},
    "down": {"kind": "price_up", "percent": -20},
    "to nothing": {"kind": "price_up", "percent": -100},
    "currency": {"kind": "other_money"},
}
MOMENTS = {"hold": "purchase-offers", "confirm": "confirm-purchase"}
ANSWERS = ("agrees", "declines", "says nothing", "agrees to less")


@dataclass(frozen=True)
class PriceChange:
    """What changes at one call, what the resident says to it, and where a process dies meanwhile."""

    change: str
    moment: str
    answer: str
    stops: tuple[int, ...] = ()
    twists: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.change} at {self.moment}, {self.answer}, dies at {self.stops}"


EVERY = tuple(PriceChange(*case) for case in itertools.product(CHANGES, MOMENTS, ANSWERS))


def tell(new_world: NewWorld, case: PriceChange) -> World:
    """One order to its end. Raises Violation."""
    world = new_world(check=safe, stops=case.stops, **case.twists)
    agreed = [world.order.consent_cap_minor]
    world.operator.faults.add(CHANGES[case.change] | {"path": MOMENTS[case.moment]})
    try:
        world.run(until=lambda order: order.state == "NEEDS_CONSENT")
        if world.order.state == "NEEDS_CONSENT":
            _ask(world, case.answer, agreed)
        world.run()
        at_rest(world)
        _check(world, case, agreed[-1])
    except (Violation, NoRest) as violation:
        raise Violation(f"{case}: {violation}") from violation
    return world


def _ask(world: World, answer: str, agreed: list[int]) -> None:
    """The holds are kept while the resident is asked; only the price that was shown can be agreed to."""
    states = at_operators(world).values()
    need(all(each == ["HELD"] for each in states), "holds are kept while asking", states)
    price = Money(snapshot_of(world.order).due_minor, world.order.currency)
    if answer == "agrees":
        orders.consent(world.order, price, world.now)
        agreed.append(price.minor)
    elif answer == "declines":
        cancelling.cancel(world.order, world.now, ports=world.ports)
    elif answer == "agrees to less":
        try:
            orders.consent(world.order, price - Money(1, price.currency), world.now)
        except orders.OrderError:
            return
        raise Violation("a price that was not shown was agreed to")


def _check(world: World, case: PriceChange, agreed: int) -> None:
    captured, refunded, _ = money(world)
    order = Order.objects.get(pk=world.order.pk)
    need(captured - refunded <= agreed, "charged ≤ agreed", (captured, refunded, agreed))
    need(order.state in _ends(case), "the end that was agreed to", (order.state, order.unwind_reason))
    if case.moment == "hold" and order.state == "COMPLETED":
        due = sum(order.bookings.values_list("price_minor", flat=True))
        need(captured == due, "charged what it costs", (captured, due))
        cheaper = case.change in {"down", "to nothing"}
        need(not cheaper or captured < order.quoted_minor, "cheaper at the hold is cheaper", captured)


def _ends(case: PriceChange) -> set[str]:
    if case.moment == "confirm" or case.change in {"down", "to nothing"}:
        return {"COMPLETED"}
    return {"COMPLETED"} if case.answer == "agrees" and case.change != "currency" else {"FAILED"}
