"""Everything that can happen to one order, and in which order: the schedules of bars 1, 2 and 3.

A schedule is a story with calls that go wrong and places where the process dies or sleeps. It is told in a world of its
own; at every place the safety rules are checked, at the end the rules of rest, and that passing faults and deaths have
cost no journey (V1).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bookings.services import cancelling
from tests.bookings.invariants import Violation, at_rest, safe
from tests.bookings.world import FAULTS, PASSING, NoRest, World
from transit.money import Money

NewWorld = Callable[..., World]
LONGER_THAN_ANY_CALL = timedelta(minutes=10)
CLASSES = "ABC"


@dataclass(frozen=True)
class Story:
    """What happens to an order, and how it ends, wherever a process dies meanwhile.

    `faults` are the operator's habits, `places` the fewest that an honest enumeration has.
    """

    ends: str
    pays: str = "works"
    faults: tuple[Mapping[str, Any], ...] = ()
    cancelled: bool = False
    seqs: tuple[int, ...] | None = None
    hold_s: int = 900
    places: int = 20
    provider: str = "stripe"
    moves_on: bool = False
    sold: str = "HT"
    habits: Mapping[str, Any] = field(default_factory=dict)


STORIES = {
    "sold": Story("COMPLETED", places=26),
    "sold out": Story("FAILED", faults=({"kind": "sold_out", "path": "purchase-offers", "times": 99},), places=19),
    "not confirmed": Story("FAILED", faults=({"kind": "reject", "path": "confirm", "times": 99},), places=51),
    "not paid": Story("FAILED", pays="", hold_s=112, places=57),
    "given back": Story("CANCELLED", cancelled=True, places=19),
    "given back in part": Story("COMPLETED", cancelled=True, seqs=(2,), moves_on=True, places=17),
    "moved on": Story("COMPLETED", moves_on=True, places=32),
    "moved on, given back": Story("CANCELLED", moves_on=True, cancelled=True, places=23),
    "in cash": Story("COMPLETED", provider="cash", places=17),
    "in cash, given back": Story("CANCELLED", provider="cash", cancelled=True, places=15),
    "in cash, not confirmed": Story(
        "FAILED", provider="cash", faults=({"kind": "reject", "path": "confirm", "times": 99},), places=30
    ),
    "one sold": Story("COMPLETED", sold="T", places=24),
    "three sold": Story("COMPLETED", sold="HTT", places=34),
    "four sold": Story("COMPLETED", sold="HTTH", places=36),
    "by use": Story("COMPLETED", habits={"estimates": True}, places=35),
    "by use, moved on": Story("COMPLETED", habits={"estimates": True}, moves_on=True, places=41),
    "by use, given back": Story("CANCELLED", habits={"estimates": True}, cancelled=True, places=17),
    "four, not confirmed": Story(
        "FAILED", sold="HTTH", faults=({"kind": "reject", "path": "confirm", "times": 99},), places=70
    ),
}


@dataclass(frozen=True)
class Schedule:
    """See the module. `goes_wrong` maps calls, counted from 1, to FAULTS; `stops` and `sleeps_at` count places."""

    story: str
    capability: str = "B"
    backwards: bool = False
    goes_wrong: tuple[tuple[int, str], ...] = ()
    stops: tuple[int, ...] = ()
    sleeps_at: int | None = None
    twists: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Seeded bugs, as fields of the world."""

    def __str__(self) -> str:
        parts = [self.story, self.capability, "backwards" * self.backwards]
        parts += [f"call {call} {fault}" for call, fault in self.goes_wrong]
        parts += [f"dies at {place}" for place in self.stops]
        return ", ".join(filter(None, [*parts, f"sleeps at {self.sleeps_at}" * (self.sleeps_at is not None)]))

    @property
    def passes(self) -> bool:
        """Whether nothing happens but what passes by itself."""
        return all(fault in PASSING for _, fault in self.goes_wrong)


def tell(new_world: NewWorld, schedule: Schedule) -> World:
    """The schedule, to its end. Raises Violation."""
    story = STORIES[schedule.story]
    world = new_world(
        pays=story.pays, hold_s=story.hold_s, provider=story.provider, moves_on=story.moves_on, sold=story.sold,
        habits=story.habits,
        capability=schedule.capability, backwards=schedule.backwards, check=safe, **schedule.twists,
    )  # fmt: skip
    for fault in story.faults:
        world.operator.faults.add(dict(fault))
    if story.cancelled:
        world.run(until=lambda order: order.state == "COMPLETED")
        cancelling.cancel(world.order, world.now, Money(10_000, "EUR"), world.ports, story.seqs)
        world.places.clear()
        world.calls.clear()
    world.stops, world.sleeps_at, world.goes_wrong = schedule.stops, schedule.sleeps_at, dict(schedule.goes_wrong)
    try:
        world.run()
        world.wait(LONGER_THAN_ANY_CALL)
        world.run()
        safe(world)
        at_rest(world)
        # Where a call is befallen by something else than the story has in store, its refusal may not come.
        ends = {story.ends, "COMPLETED"} if story.faults and schedule.goes_wrong else {story.ends}
        if schedule.passes and world.order.state not in ends:
            raise Violation(f"V1 what passes costs no journey: {world.order.state} {world.order.unwind_reason}")
    except (Violation, NoRest) as violation:
        raise Violation(f"{schedule}: {violation}") from violation
    return world


Tell = Callable[[Schedule], World]


def crashes(tell: Tell, first: Schedule, *, sleeps: bool = False) -> Iterator[World]:
    """A schedule with a death at every place, and with a sleep at every place."""
    world = tell(first)
    yield world
    for place in range(1, len(world.places) + 1):
        yield tell(replace(first, stops=(place,)))
        if sleeps:
            yield tell(replace(first, sleeps_at=place))


def crash_pairs(tell: Tell, first: Schedule) -> Iterator[World]:
    """Deaths at every two places, one of them given: `first` dies once already."""
    (place,) = first.stops
    after = len(tell(first).places)
    for second in range(place + 1, after + 1):
        yield tell(replace(first, stops=(place, second)))


def fault_pairs(tell: Tell, first: Schedule) -> Iterator[World]:
    """A second fault of each kind at every later call: in `first` one has gone wrong already."""
    ((number, _),) = first.goes_wrong
    after = len(tell(first).calls)
    for call in range(number + 1, after + 1):
        for fault in FAULTS:
            yield tell(replace(first, goes_wrong=(*first.goes_wrong, (call, fault))))


def sample(seed: int, count: int) -> Iterator[Schedule]:
    """Schedules drawn from those of all three bars; places and calls that an order does not come to pass by."""
    draw = random.Random(seed)
    for number in range(count):
        story = draw.choice(list(STORIES))
        schedule = Schedule(story, draw.choice(CLASSES), draw.random() < 0.5)
        most = STORIES[story].places + 5
        match number % 4:
            case 0:
                yield replace(schedule, stops=(draw.randint(1, most),))
            case 1:
                yield replace(schedule, stops=tuple(sorted(draw.sample(range(1, most), 2))))
            case 2:
                wrong = ((draw.randint(1, most // 6), draw.choice(list(FAULTS))),)
                yield replace(schedule, goes_wrong=wrong, stops=(draw.randint(1, most),))
            case _:
                first, second = sorted(draw.sample(range(1, most // 5), 2))
                kinds = draw.choices(list(FAULTS), k=2)
                yield replace(schedule, goes_wrong=((first, kinds[0]), (second, kinds[1])))
