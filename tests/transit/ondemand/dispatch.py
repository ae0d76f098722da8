"""Anything, in any order: people who ask, hold, confirm and give up, drivers, delays, breakdowns, the clock.

After every step the slow check reads the rows: whoever has a promise is driven within it, or was told it is broken.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.features.shuttle import HELSINKI, Shuttle
from tests.oracles.boards import picture
from tests.oracles.dispatching import flaws
from tests.transit.ondemand.valley import DAYS, RULES
from transit.models import Ride, ServiceDay, Shift
from transit.ondemand import improving, rides, shifts
from transit.ondemand.quote import Quote, RideRefused
from transit.ondemand.roster import Roster
from transit.ondemand.rosters import planned
from transit.ondemand.rules import Break, Conduct, Matching, Promise, RiderGroup, ShiftPattern, Vehicle
from transit.ondemand.streets import roads_of
from transit.states import IllegalMove

COUNTED: Counter[str] = Counter()
PLACES = ((60.100, 24.900), (60.105, 24.930), (60.120, 24.850), (60.140, 24.960), (60.150, 24.820), (60.095, 24.990))
HOUR = 3600
LONG = (ShiftPattern(DAYS, 8 * HOUR, 16 * HOUR),)
FLEET = replace(
    RULES,
    vehicles=(
        Vehicle("bus", "Bus", ((6, 0, 1, 4), (3, 1, 1, 4)), 24.90, 60.10, shifts=(
            ShiftPattern(DAYS, 8 * HOUR, 16 * HOUR, (Break(11 * HOUR, 12 * HOUR, 1800),)),)),
        Vehicle("car", "Car", ((3, 0, 0, 2),), 24.95, 60.13, shifts=LONG),
        Vehicle("taxi", "Taxi", ((4, 1, 0, 2),), 24.85, 60.11, shifts=LONG, backup=True),
    ),
    promise=Promise(wait_s=1800, window_s=600),
    groups=(RiderGroup("sick", "To the doctor", priority=True),),
    matching=Matching(spare_share=0.34, spare_until_s=1800, empty_weight=1.5),
    conduct=Conduct(no_show_wait_s=180),
)  # fmt: skip
LOADS = ((1, 0, 0, 0), (2, 0, 0, 1), (0, 1, 0, 0), (1, 0, 1, 0), (3, 0, 0, 0))


class Dispatch(RuleBasedStateMachine):
    """One day of one service."""

    def __init__(self) -> None:
        super().__init__()
        self.shuttle: Shuttle
        self.quotes: list[Quote] = []
        self.promised: dict[UUID, Quote] = {}
        self.given_up: set[UUID] = set()

    @initialize(pooling=st.booleans())
    def opens(self, pooling: bool) -> None:
        matching = replace(FLEET.matching, pooling=pooling)
        self.shuttle = Shuttle(replace(FLEET, matching=matching), code=f"s{uuid.uuid4().hex[:10]}")
        self.roads = roads_of(self.shuttle.rule_set)

    @property
    def now(self) -> datetime:
        return self.shuttle.now

    def pick(self, number: int, *states: str) -> Ride | None:
        rows = list(Ride.objects.filter(reference__in=self.promised, state__in=states).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(ends=st.permutations(range(len(PLACES))), ahead=st.integers(0, 240), load=st.sampled_from(LOADS),
          arrive=st.booleans(), sick=st.booleans())  # fmt: skip
    def somebody_asks(self, ends: list[int], ahead: int, load: Any, arrive: bool, sick: bool) -> None:
        clock = (self.now + timedelta(minutes=ahead)).astimezone(HELSINKI).strftime("%H:%M")
        said = {"load": load, "arrive": arrive, "group": "sick" if sick else ""}
        try:
            self.quotes = self.shuttle.asks(PLACES[ends[0]], PLACES[ends[1]], clock, **said)
        except RideRefused as no:
            COUNTED[f"refused {no.code}"] += 1
            return
        told = [each.told_at for each in self.quotes]
        assert told == sorted(told)
        assert told[0] >= self.now - timedelta(seconds=1)

    @rule(ends=st.permutations(range(len(PLACES))), ahead=st.integers(0, 120), load=st.sampled_from(LOADS),
          number=st.integers(0, 2))  # fmt: skip
    def somebody_books(self, ends: list[int], ahead: int, load: Any, number: int) -> None:
        self.quotes = []
        self.somebody_asks(ends, ahead, load, arrive=False, sick=False)
        if self.quotes:
            self.somebody_holds(number, confirms=True)

    @rule(origins=st.lists(st.integers(0, 4), min_size=3, max_size=6), ahead=st.integers(5, 60))
    def many_book(self, origins: list[int], ahead: int) -> None:
        for number, origin in enumerate(origins):
            self.somebody_books([origin, (origin + 1 + number % 4) % 6], ahead + 4 * number, LOADS[number % 2], 1)

    @precondition(lambda self: self.quotes)
    @rule(number=st.integers(0, 2), confirms=st.booleans())
    def somebody_holds(self, number: int, confirms: bool) -> None:
        quote, reference = self.quotes[number % len(self.quotes)], uuid.uuid4()
        try:
            held = rides.hold(reference, quote.token, self.now + timedelta(minutes=10), now=self.now)
        except RideRefused as no:
            COUNTED[f"not held {no.code}"] += 1
            return
        assert (held.earliest_at, held.latest_at, held.arrive_by) == (
            quote.earliest_at, quote.latest_at, quote.arrive_by,
        )  # fmt: skip
        self.promised[reference] = quote
        if confirms:
            rides.confirm(reference, self.now)
        COUNTED["held"] += 1

    @rule(number=st.integers(0, 20), gives_up=st.booleans())
    def somebody_decides(self, number: int, gives_up: bool) -> None:
        if (ride := self.pick(number, "HELD")) is not None:
            (rides.release if gives_up else rides.confirm)(ride.reference, self.now)

    @rule(number=st.integers(0, 20))
    def somebody_cancels(self, number: int) -> None:
        if (ride := self.pick(number, "CONFIRMED")) is not None:
            self.given_up.add(ride.reference)
            rides.cancel(ride.reference, self.now)

    @rule(number=st.integers(0, 20), minutes=st.integers(1, 40))
    def a_train_is_late(self, number: int, minutes: int) -> None:
        ride = self.pick(number, "CONFIRMED")
        if ride is None or ride.arrived_at is not None:
            return
        if shifts.move(ride.reference, ride.earliest_at + timedelta(minutes=minutes), self.now):
            quote = self.promised[ride.reference]
            by = timedelta(minutes=minutes)
            self.promised[ride.reference] = replace(
                quote,
                earliest_at=quote.earliest_at + by,
                latest_at=quote.latest_at + by,
                arrive_by=quote.arrive_by + by,
            )
            COUNTED["moved"] += 1

    @rule(minutes=st.integers(1, 25))
    def time_passes(self, minutes: int) -> None:
        self.shuttle.now += timedelta(minutes=minutes)
        rides.expire(self.now)
        self.watch()

    def watch(self) -> None:
        for day in ServiceDay.objects.filter(service__code=self.shuttle.code):
            shifts.watch(day.pk, self.now)

    def out(self, number: int, *states: str) -> Shift | None:
        rows = list(Shift.objects.filter(day__service__code=self.shuttle.code, state__in=states).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(number=st.integers(0, 3), steps=st.integers(1, 4), late_s=st.integers(-60, 120))
    def a_driver_drives(self, number: int, steps: int, late_s: int) -> None:
        if (shift := self.out(number, "PLANNED", "OUT")) is None:
            return
        if shift.state == "PLANNED":
            shifts.begin(shift.pk, self.now)
        for _ in range(steps):
            shift.refresh_from_db()
            todo = next((each for each in shift.route if "ride" in each and each["done_at"] is None), None)
            if todo is None:
                return
            ride = Ride.objects.get(pk=todo["ride"])
            at = datetime.fromtimestamp(todo["at"] + late_s, self.now.tzinfo)
            self.shuttle.now = max(self.now, at)
            rides.expire(self.now)
            self.watch()
            ride.refresh_from_db()
            if ride.state == "CONFIRMED" and ride.shift_id == shift.pk:
                shifts.arrive(ride.reference, self.now)
                shifts.board(ride.reference, self.now)
            elif ride.state == "BOARDED" and ride.shift_id == shift.pk:
                again = todo["what"] == "pickup"
                (shifts.board if again else shifts.finish)(ride.reference, self.now)
            COUNTED["driven"] += 1

    @rule(number=st.integers(0, 20))
    def nobody_comes(self, number: int) -> None:
        if (ride := self.pick(number, "CONFIRMED")) is None:
            return
        try:
            shifts.no_show(ride.reference, self.now)
        except IllegalMove:
            assert self.now < ride.earliest_at + timedelta(seconds=180) or ride.arrived_at is not None

    @rule(number=st.integers(0, 3), seconds=st.integers(30, 2400))
    def a_vehicle_is_late(self, number: int, seconds: int) -> None:
        if (shift := self.out(number, "OUT")) is not None:
            shifts.delay(shift.pk, seconds, self.now)
            COUNTED["late"] += 1

    @rule(number=st.integers(0, 3), seen=st.booleans())
    def a_vehicle_breaks_down(self, number: int, seen: bool) -> None:
        if (shift := self.out(number, "OUT", "PLANNED")) is not None:
            if seen:
                shifts.seen(shift.pk, 24.88, 60.11, self.now)
            shifts.break_down(shift.pk, self.now)
            COUNTED["broken down"] += 1

    @rule(number=st.integers(0, 3))
    def a_vehicle_is_mended(self, number: int) -> None:
        if (shift := self.out(number, "BROKEN_DOWN")) is not None:
            shifts.begin(shift.pk, self.now)

    @rule(number=st.integers(0, 3), minutes=st.integers(0, 60), all_break_down=st.booleans())
    def somebody_is_left_by_the_road(self, number: int, minutes: int, all_break_down: bool) -> None:
        """A vehicle breaks down with people aboard, and goes on after a while."""
        aboard = Ride.objects.filter(reference__in=self.promised, state="BOARDED", shift__state="OUT")
        if (first := aboard.order_by("pk").values_list("shift", flat=True).first()) is None:
            return
        broken = [first]
        if all_break_down:
            out = Shift.objects.filter(day__service__code=self.shuttle.code, state="OUT").exclude(pk=first)
            broken += out.values_list("pk", flat=True)
        for pk in broken:
            shifts.break_down(pk, self.now)
            COUNTED["broken down"] += 1
        self.time_passes(minutes)
        for pk in broken[:: 1 if number else -1]:
            shifts.begin(pk, self.now)

    @rule(number=st.integers(0, 20), waits=st.booleans())
    def nobody_stands_by_the_road(self, number: int, waits: bool) -> None:
        """Whose vehicle broke down under way has gone elsewhere."""
        met = {stop["ride"] for shift in Shift.objects.filter(day__service__code=self.shuttle.code)
               for stop in shift.route if stop.get("place") and "ride" in stop and stop["done_at"] is None}  # fmt: skip
        rows = list(Ride.objects.filter(pk__in=met, state="BOARDED", reference__in=self.promised).order_by("pk"))
        if not rows:
            return
        reference = rows[number % len(rows)].reference
        shifts.arrive(reference, self.now)
        if waits:
            self.shuttle.now += timedelta(minutes=5)
        try:
            shifts.no_show(reference, self.now)
        except IllegalMove:
            assert not waits
            return
        assert Ride.objects.get(reference=reference).state == "CANCELLED"
        COUNTED["not by the road"] += 1

    @rule(number=st.integers(0, 3), lasts=st.integers(0, 60))
    def a_driver_rests(self, number: int, lasts: int) -> None:
        """Whenever the break was planned, and for however long."""
        if (shift := self.out(number, "OUT")) is None:
            return
        try:
            shifts.pause(shift.pk, self.now)
        except IllegalMove:
            assert Ride.objects.filter(shift=shift, state="BOARDED").exists()
            return
        COUNTED["rested"] += any("break" in stop for stop in shift.route)
        self.check_plan()
        if lasts:
            self.time_passes(lasts)
            shifts.resume(shift.pk, self.now)

    @rule(number=st.integers(0, 3), sure=st.integers(0, 3))
    def a_driver_goes_home(self, number: int, sure: int) -> None:
        if sure == 0 and (shift := self.out(number, "OUT", "BROKEN_DOWN")) is not None:
            shifts.end(shift.pk, self.now)
            COUNTED["gone home"] += 1

    @rule(seconds=st.sampled_from([0.05, 0.2]))
    def it_is_thought_over(self, seconds: float) -> None:
        for day in ServiceDay.objects.filter(service__code=self.shuttle.code):
            improving.improve(day.pk, seconds, self.now)

    def check_invariants(self, *args: Any, **fields: Any) -> None:
        """After every step."""
        super().check_invariants(*args, **fields)
        COUNTED["steps"] += 1
        self.check_plan()
        for ride in Ride.objects.filter(reference__in=self.promised).prefetch_related("events"):
            self.check_promise(ride)

    def check_plan(self) -> None:
        """Nothing is wrong with the rows, and this process knows them."""
        for day in ServiceDay.objects.filter(service__code=getattr(self, "shuttle", None) and self.shuttle.code):
            found = flaws(day.pk, self.roads, int(self.now.timestamp()))
            assert not found, "; ".join(found)
            with planned(day.pk, self.now) as kept:
                fresh = Roster(day, kept.rules, self.roads)
                fresh.load(kept.revision)
                fresh.lay(kept.clock_s)
                assert picture(kept) == picture(fresh), "a board that grew is one laid anew"

    def check_promise(self, ride: Ride) -> None:
        """What was promised holds, or they were told."""
        first = self.promised[ride.reference]
        if any(each.detail.get("broken") for each in ride.events.all()):
            COUNTED["told"] += 1
            return
        assert ride.state != "CANCELLED" or ride.reference in self.given_up
        if ride.state in ("HELD", "CONFIRMED"):
            assert first.earliest_at <= ride.planned_pickup_at <= first.latest_at
        if ride.state in ("HELD", "CONFIRMED", "BOARDED"):
            assert ride.planned_drop_off_at <= first.arrive_by
