"""A change of a day's plan: written whole, and only if nobody else has changed the plan since it was read."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet

from transit.models import RIDE, SHIFT, Ride, ServiceDay, Shift
from transit.ondemand.quote import RideRefused
from transit.ondemand.roster import Roster
from transit.ondemand.rosters import planned
from transit.ondemand.route import BREAK, DROP_OFF, PICKUP, Stop, write
from transit.records import encode
from transit.states import IllegalMove, Moves

NEW: Final = 0
"""The ride of a stop whose row is not written yet."""
TRIES: Final = 50
_EVENTS: Final = 7_041_913
_PLANNED_FIELDS: Final = ("shift", "planned_pickup_at", "planned_drop_off_at")
_SHIFT_FIELDS: Final = ("route", "revision", "late_until")
_SEEN_FIELDS: Final = ("lon", "lat", "seen_at")


class Contended(Exception):
    """Others changed the day again and again; nothing was changed here."""


@dataclass
class Step:
    """What becomes of a ride: a new state, or none; other fields; what its event says, if it is to have one."""

    ride_id: int
    new: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] | None = None
    old: tuple[str, ...] = ()
    """The states in which this may happen; none: whatever the machine allows."""
    over_at: datetime | None = None
    """A hold must have expired by then."""

    def holds(self, ride: Ride) -> bool:
        """Whether the ride, as it is now, is still one of which this may become."""
        expired = self.over_at is None or (ride.expires_at is not None and ride.expires_at <= self.over_at)
        return expired and (not self.old or ride.state in self.old)


@dataclass
class Edit:
    """The routes of `touched` shifts become those of the roster's board; `born` is a ride whose stops have ride NEW."""

    roster: Roster
    touched: set[int] = field(default_factory=set)
    born: Ride | None = None
    steps: list[Step] = field(default_factory=list)
    shift_steps: dict[int, str] = field(default_factory=dict)
    """New states of shifts."""
    routes: dict[int, list[Stop]] = field(default_factory=dict)
    """Routes of shifts that are not on the board any more."""
    sighted: set[int] = field(default_factory=set)
    """Shifts of which the plan says where they are; where the others are, they say themselves meanwhile."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        return not (self.touched or self.routes or self.steps or self.born or self.shift_steps)

    @property
    def is_only_new(self) -> bool:
        """Whether nothing is changed but that a ride comes into a route."""
        return self.born is not None and not (self.routes or self.steps or self.shift_steps or self.sighted)

    def sight(self, shift_id: int, lon: float, lat: float, at: datetime) -> None:
        """A vehicle is where it has just done something."""
        shift = self.roster.shifts[shift_id]
        shift.lon, shift.lat, shift.seen_at = lon, lat, at
        self.sighted.add(shift_id)

    def write(self) -> bool:
        """Write all of it, and True; or False, and nothing is written: the plan is not the one that was read."""
        roster, revision = self.roster, self.roster.revision + 1
        with transaction.atomic():
            if not unchanged(roster).update(revision=F("revision") + 1):
                return False
            moves = Moves()
            if self.born is not None:
                self.born.save(force_insert=True)
                moves.add(self.born, old="", new=self.born.state, detail={})
            stops = self._stops()
            rides = self._locked(stops)
            if not self._take_steps(rides, moves):
                transaction.set_rollback(True)
                return False
            self._write_shifts(stops, revision, moves)
            self._write_times(stops, rides, moves)
            in_order()
            moves.write()
        return True

    def _stops(self) -> dict[int, list[Stop]]:
        found = {pk: self.roster.route(pk) for pk in self.touched if pk not in self.routes} | self.routes
        if self.born is None:
            return found
        pk = self.born.pk
        return {
            key: [replace(each, ride=pk) if each.what != BREAK and each.ride == NEW else each for each in stops]
            for key, stops in found.items()
        }

    def _locked(self, stops: dict[int, list[Stop]]) -> dict[int, Ride]:
        """The rides that are concerned, locked as they are now."""
        wanted = {each.ride_id for each in self.steps}
        todo = (each for route in stops.values() for each in route if each.done_at is None)
        wanted |= {each.ride for each in todo if each.what != BREAK}
        rows = {each.pk: each for each in Ride.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
        if self.born is not None:
            rows[self.born.pk] = self.born
        return rows

    def _take_steps(self, rides: dict[int, Ride], moves: Moves) -> bool:
        for step in self.steps:
            ride = rides[step.ride_id]
            if not step.holds(ride):
                return False
            for name, value in step.fields.items():
                setattr(ride, name, value)
            if step.new:
                RIDE.move(ride, step.new, fields=tuple(step.fields), moves=moves, **(step.detail or {}))
                continue
            moves.change(ride, *step.fields)
            if step.detail is not None:
                moves.add(ride, old=ride.state, new=ride.state, detail=step.detail)
        return True

    def _write_shifts(self, stops: dict[int, list[Stop]], revision: int, moves: Moves) -> None:
        rows = []
        for pk in {*stops, *self.shift_steps}:
            shift = self.roster.shifts[pk]
            shift.revision = revision
            if pk in stops:
                shift.route = write(stops[pk])
            if pk in self.shift_steps:
                SHIFT.move(shift, self.shift_steps[pk], moves=moves)
            rows.append(shift)
        Shift.objects.bulk_update(rows, _SHIFT_FIELDS)
        if seen := [each for each in rows if each.pk in self.sighted]:
            Shift.objects.bulk_update(seen, _SEEN_FIELDS)

    def _write_times(self, stops: dict[int, list[Stop]], rides: dict[int, Ride], moves: Moves) -> None:
        """When and by whom rides are planned now. Who has another vehicle is told, unless a step has told them."""
        changed: dict[int, Ride] = {}
        told_of = {each.ride_id for each in self.steps if each.new or each.detail is not None}
        for pk, route in stops.items():
            shift = self.roster.shifts[pk]
            for stop in (each for each in route if each.what != BREAK and each.done_at is None):
                ride, at = rides[stop.ride], datetime.fromtimestamp(stop.at, UTC)
                name = "planned_pickup_at" if stop.what == PICKUP else "planned_drop_off_at"
                if getattr(ride, name) != at:
                    setattr(ride, name, at)
                    changed[ride.pk] = ride
                if ride.shift_id != pk and stop.what == DROP_OFF:
                    ride.shift = shift
                    changed[ride.pk] = ride
                    if ride is not self.born and ride.pk not in told_of:
                        moves.add(ride, old=ride.state, new=ride.state, detail=told(ride, shift.vehicle))
        if changed:
            Ride.objects.bulk_update(list(changed.values()), _PLANNED_FIELDS)


def unchanged(roster: Roster) -> QuerySet[ServiceDay]:
    """The day, if nobody has changed its plan since it was read."""
    return ServiceDay.objects.filter(pk=roster.day_id, revision=roster.revision)


def told(ride: Ride, vehicle: str, **more: Any) -> dict[str, Any]:
    """What the event of a changed plan says."""
    return {"told_at": encode(ride.told_at), "vehicle": vehicle, **more}


def in_order() -> None:
    """Events get their numbers in the order in which they become visible: who follows them misses none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_EVENTS])


def change(day_id: int, now: datetime, plan: Callable[[Edit], None]) -> Edit:
    """Plan a change and write it; plan it anew while others are faster. What `plan` raises goes on, nothing is written.

    Not inside a transaction: threads that plan a day wait for each other, and then for the database. Raises Contended.
    """
    for attempt in range(TRIES):
        with planned(day_id, now) as roster:
            edit = Edit(roster)
            is_written = is_kept = False
            try:
                plan(edit)
                if edit.is_empty:
                    is_kept = True
                    return edit
                is_written = edit.write()
                is_kept = is_written or edit.is_only_new
            except (RideRefused, IllegalMove):
                is_kept = edit.is_empty
                raise
            finally:
                if is_kept:
                    roster.dirty |= edit.touched | edit.routes.keys()
                else:
                    roster.forget()
        if is_written:
            return edit
        time.sleep(random.uniform(0, 0.01 * min(attempt, 10)))  # noqa: S311 - so that two do not meet again
    raise Contended
