"""Every crash point of an order over two operators × restart (transaction design, bar 1).

A place is every commit of the runner, and the moment before and after every call over the wire. At each place all
safety rules are checked, at the end all rules of rest; no crash alone may cost the resident the journey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bookings.services import cancelling
from tests.bookings.invariants import at_rest, safe
from tests.bookings.world import World
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.exhaustive]
NewWorld = Callable[..., World]


@dataclass(frozen=True)
class Story:
    """What happens to an order, and how it ends, wherever a process dies meanwhile."""

    ends: str
    pays: str = "works"
    faults: tuple[dict[str, Any], ...] = ()
    cancelled: bool = False
    seqs: tuple[int, ...] | None = None
    hold_s: int = 900
    places: int = 20
    provider: str = "stripe"
    moves_on: bool = False

    def tell(self, new_world: NewWorld, stop_at: int | None, **fields: Any) -> World:
        """The story, with a death at the given place."""
        world = new_world(
            pays=self.pays, hold_s=self.hold_s, provider=self.provider, moves_on=self.moves_on, check=safe, **fields
        )
        for fault in self.faults:
            world.operator.faults.add(fault)
        if self.cancelled:
            world.run()
            world.places.clear()
            cancelling.cancel(world.order, world.now, Money(10_000, "EUR"), world.ports, self.seqs)
            world.places.clear()
        world.stop_at = stop_at
        world.run()
        at_rest(world)
        assert world.order.state == self.ends, (stop_at, world.places[-1])
        return world


STORIES = {
    "sold": Story("COMPLETED", places=44),
    "sold out": Story("FAILED", faults=({"kind": "sold_out", "path": "purchase-offers", "times": 99},), places=34),
    "not confirmed": Story("FAILED", faults=({"kind": "reject", "path": "confirm", "times": 99},), places=80),
    "not paid": Story("FAILED", pays="", hold_s=112, places=76),
    "given back": Story("CANCELLED", cancelled=True, places=25),
    "given back in part": Story("COMPLETED", cancelled=True, seqs=(2,), moves_on=True, places=17),
    "moved on": Story("COMPLETED", moves_on=True, places=52),
    "moved on, given back": Story("CANCELLED", moves_on=True, cancelled=True, places=31),
    "in cash": Story("COMPLETED", provider="cash", places=30),
    "in cash, given back": Story("CANCELLED", provider="cash", cancelled=True, places=18),
    "in cash, not confirmed": Story(
        "FAILED", provider="cash", faults=({"kind": "reject", "path": "confirm", "times": 99},), places=50
    ),
}


BACKWARDS = [(name, False) for name in STORIES] + [("sold", True), ("not confirmed", True)]


@pytest.mark.parametrize(("name", "backwards"), BACKWARDS)
def test_a_process_may_die_anywhere(new_world: NewWorld, name: str, backwards: bool) -> None:
    """Calls that are under way at once pass each other at every place, in one order and in the other."""
    story = STORIES[name]
    places = story.tell(new_world, None, backwards=backwards).places
    assert len(places) >= story.places, "fewer places than an honest enumeration has"
    for stop_at in range(1, len(places) + 1):
        story.tell(new_world, stop_at, backwards=backwards)


def test_holds_are_under_way_at_once(new_world: NewWorld) -> None:
    """The enumeration would be worth little if it ran one call after the other."""
    world = new_world()
    world.run(until=lambda order: order.state != "HOLDING")
    assert world.places[:3] == ["planned", "claimed", "called"]
    assert "operator sent" in world.places[: world.places.index("recorded")]
