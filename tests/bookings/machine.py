"""Anything, in any order: riders, payers, operators, messages, the clock, and processes that die (bar 5).

The rules of safety are checked at every place of the runner and after every step, those of rest at the end, when
nothing goes wrong any more and the time of everything has passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings.capacity import SoldOut
from bookings.models import Booking, Order
from bookings.operators.hosted import reservations
from bookings.operators.hosted.reservations import Departure, Wanted
from bookings.payments.stripe.webhooks import Hint
from bookings.services import calling_off, cancelling, hints, orders
from bookings.services.orders import CAN_GIVE_UP, OrderError
from bookings.services.rows import snapshot_of
from tests.bookings.invariants import at_rest, safe
from tests.bookings.schedules import LONGER_THAN_ANY_CALL
from tests.bookings.world import FAULTS, NOW, Crash, World
from transit.money import Money

NewWorld = Callable[..., World]
FOUND = Path(__file__).resolve().parents[2] / "var" / "hypothesis"
COUNTED: Counter[str] = Counter()
"""The runs and steps of this process."""
DEPARTS_AT = NOW + timedelta(minutes=55)
EVENTS = ("payment_intent.succeeded", "checkout.session.completed", "charge.refunded", "payment_intent.canceled")
HABITS = (
    {"kind": "sold_out", "path": "purchase-offers"},
    {"kind": "price_up", "path": "purchase-offers"},
    {"kind": "price_up", "path": "purchase-offers", "percent": -20},
    {"kind": "other_money", "path": "purchase-offers"},
    {"kind": "reject", "path": "confirm"},
    {"kind": "reject", "path": "rollback"},
    {"kind": "price_up", "path": "confirm"},
)


class Trade(RuleBasedStateMachine):
    """One order among others, and everything that may happen to it. `twists` are seeded bugs."""

    def __init__(self, new_world: NewWorld, twists: dict[str, Any]) -> None:
        super().__init__()
        self._new_world, self._twists = new_world, twists
        self.world: World
        self.wrong = 0

    @initialize(
        sold=st.sampled_from(["HT", "T", "HTT", "TH"]),
        capability=st.sampled_from("ABC"),
        confirms=st.sampled_from(["at_once", "at_once", "conditionally", "later"]),
        provider=st.sampled_from(["stripe", "stripe", "stripe", "cash"]),
        moves_on=st.booleans(),
        backwards=st.booleans(),
        seats=st.sampled_from([1, 2, 20]),
        hold_s=st.sampled_from([112, 300, 900]),
    )
    def begins(self, **fields: Any) -> None:
        habits = {"confirms": fields.pop("confirms")}
        fields["moves_on"] &= "H" in fields["sold"]  # only what we sell moves on
        self.world = self._new_world(pays="", check=safe, habits=habits, **fields, **self._twists)

    def check_invariants(self, *args: Any, **fields: Any) -> None:
        """After every step; they are counted here."""
        COUNTED["steps"] += 1
        super().check_invariants(*args, **fields)

    @property
    def order(self) -> Order:
        self.world.order.refresh_from_db()
        return self.world.order

    @rule()
    def a_worker_sweeps(self) -> None:
        self.world._sweep()

    @rule(after=st.integers(1, 12))
    def a_worker_dies(self, after: int) -> None:
        self.world.stops = (len(self.world.places) + after,)
        self.world._sweep()

    @rule(after=st.integers(1, 12))
    def a_worker_sleeps(self, after: int) -> None:
        self.world.sleeps_at = len(self.world.places) + after
        self.world._sweep()
        self.world.sleeps_at = None

    @rule(seconds=st.sampled_from([1, 5, 30, 60, 130, 600]))
    def time_passes(self, seconds: int) -> None:
        self.world.wait(timedelta(seconds=seconds))

    @rule()
    def time_passes_until_it_is_due(self) -> None:
        if (wake_at := self.order.wake_at) is not None:
            self.world.wait(max(timedelta(), wake_at - self.world.now))
            self.world._sweep()

    @rule(seconds=st.sampled_from([-600, -60, -1, 60, 600]))
    def a_worker_with_a_wrong_clock_sweeps(self, seconds: int) -> None:
        """Its clock alone is wrong: others' times go on as before."""
        runner = replace(self.world.runner(), clock=lambda: self.world.now + timedelta(seconds=seconds))
        try:
            runner.advance(self.world.order.pk)
        except Crash:
            self.world.crashed = False

    @rule(rounds=st.integers(1, 8))
    def things_take_their_course(self, rounds: int) -> None:
        """Everybody does what they should, each at the time."""
        self.world.pays = "works"
        for _ in range(rounds):
            self.time_passes_until_it_is_due()
            self.world.pay()
        self.world.pays = ""

    @rule(after=st.integers(1, 4), fault=st.sampled_from(sorted(FAULTS)))
    def a_call_will_go_wrong(self, after: int, fault: str) -> None:
        if self.wrong < 4:
            self.wrong += 1
            self.world.goes_wrong = {**self.world.goes_wrong, len(self.world.calls) + after: fault}

    @rule(habit=st.sampled_from(HABITS), which=st.integers(0, 1))
    def an_operator_has_a_whim(self, habit: dict[str, Any], which: int) -> None:
        twins = list(self.world.twins.values())
        if len(twins[which % len(twins)].faults.waiting) < 2:
            twins[which % len(twins)].faults.add(dict(habit))

    @precondition(lambda self: self.order.state == "COMPLETED" and self.world.now < DEPARTS_AT)
    @rule(which=st.integers(0, 1))
    def an_operator_calls_off(self, which: int) -> None:
        """What it sold; we hear of it by looking. Between the two, what is paid for is not there, as it has to be."""
        world = self.world
        twin = list(world.twins.values())[which % len(world.twins)]
        for package in twin.shop.packages.values():
            twin.shop.call_off(package, world.now)
        Booking.objects.exclude(order=world.order).update(looked_at=world.now)  # of worlds that are gone
        Booking.objects.filter(order=world.order).update(looked_at=None)
        wrong, world.goes_wrong, world.check = world.goes_wrong, {}, lambda world: None
        while not self._watched():
            world.crashed = False
        world.goes_wrong, world.check = wrong, safe
        calling_off.follow(world.now)

    def _watched(self) -> bool:
        """Who dies while looking has another one look again: nothing else brings to light what is gone."""
        try:
            calling_off.watch(self.world.now, self.world.ports)
        except Crash:
            return False
        return True

    @rule(card=st.sampled_from(["works", "works", "declined"]))
    def the_payer_pays(self, card: str) -> None:
        self.world.pays = card
        self.world.pay()
        self.world.pays = ""

    @precondition(lambda self: self.order.state in CAN_GIVE_UP)
    @rule()
    def the_resident_gives_up(self) -> None:
        cancelling.cancel(self.world.order, self.world.now, None, self.world.ports)

    @precondition(lambda self: self.order.state == "NEEDS_CONSENT")
    @rule()
    def the_resident_consents(self) -> None:
        order = self.world.order
        orders.consent(order, Money(snapshot_of(order).due_minor, order.currency), self.world.now)

    @precondition(lambda self: self.order.state == "COMPLETED")
    @rule(seqs=st.sampled_from([None, (1,), (2,)]))
    def the_resident_gives_back(self, seqs: tuple[int, ...] | None) -> None:
        try:
            cancelling.cancel(self.world.order, self.world.now, Money(10_000, "EUR"), self.world.ports, seqs)
        except (OrderError, Crash):
            self.world.crashed = False

    @rule(kind=st.sampled_from(EVENTS), number=st.integers(1, 3))
    def a_message_comes(self, kind: str, number: int) -> None:
        """True or not, again or for the first time."""
        payment = self.order.payments.last()
        ref = (payment.checkout_ref or "") if payment else ""
        hint = Hint(f"evt {self.world.number} {number}", "", kind, ref or "cs_unknown", self.world.order.code)
        hints.take("stripe", hint, self.world.now)
        try:
            hints.follow(self.world.now, self.world.ports)
        except Crash:
            self.world.crashed = False

    @precondition(lambda self: bool(self.world.bus))
    @rule(seconds=st.sampled_from([30, 300]))
    def a_stranger_takes_a_seat(self, seconds: int) -> None:
        world = self.world
        until = world.now + timedelta(seconds=seconds)
        departure = Departure("f:t1@2026-11-23", 1, world.seats)
        wanted = Wanted(world.bus, Money(350, "EUR"), world.now + timedelta(hours=1), until, [departure], {})
        try:
            reservations.hold("stranger", uuid4(), wanted, world.now)
        except SoldOut:
            return

    @invariant()
    def nothing_is_wrong(self) -> None:
        if hasattr(self, "world"):
            safe(self.world)

    def teardown(self) -> None:
        """Nothing goes wrong any more, and all comes to rest."""
        if not hasattr(self, "world"):
            return
        COUNTED["runs"] += 1
        world = self.world
        world.goes_wrong, world.stops, world.sleeps_at = {}, (), None
        for twin in world.twins.values():
            twin.faults.waiting.clear()
        world.stripe.faults.clear()
        world.run()
        world.wait(LONGER_THAN_ANY_CALL)
        world.run()
        safe(world)
        at_rest(world)


def run(new_world: NewWorld, runs: int, steps: int, *, counts: Path | None = None, **twists: Any) -> None:
    """So many runs of so many steps. Raises Violation with the steps that lead to it.

    The long form is that which writes in `counts` how far it has come. What fails in it is kept and tried first the
    next time; the short one is the same every time.
    """
    long = counts is not None
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not long,
        database=DirectoryBasedExampleDatabase(FOUND) if long else None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate, Phase.shrink] if long else [Phase.generate],
        print_blob=True,
    )

    class Case(Trade):
        def __init__(self) -> None:
            super().__init__(new_world, twists)

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                if counts is not None:
                    counts.write_text(f"{COUNTED['runs']} {COUNTED['steps']}")

    run_state_machine_as_test(Case, settings=chosen)
