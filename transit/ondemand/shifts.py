"""Shifts, as drivers have them before them and say what has happened. None of these inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from transit.models import RIDE, Ride, Shift
from transit.ondemand.edit import Edit, Step, change, told
from transit.ondemand.fitting import fit
from transit.ondemand.quote import Reason, RideRefused, RideView, Spot
from transit.ondemand.repairing import displace, repair, take_back
from transit.ondemand.rides import get, take_away
from transit.ondemand.route import BREAK, DROP_OFF, PICKUP, Stop, read, write
from transit.ondemand.rules import Load
from transit.ondemand.stand import origin_of
from transit.ondemand.versions import rules_of
from transit.routing.insertion import take
from transit.states import IllegalMove


@dataclass(frozen=True, slots=True)
class ManifestRide:
    """Somebody who is met or set down: nobody's name, which is the seller's to say."""

    reference: UUID
    state: str
    code: str
    load: Load
    seller: str
    told_at: datetime
    latest_at: datetime
    arrive_by: datetime


@dataclass(frozen=True, slots=True)
class ManifestStop:
    """What a driver does next, or has done: pickup, drop_off or break. Rides that are met at one place are one stop."""

    what: str
    planned_at: datetime
    done_at: datetime | None
    place: Spot | None
    rides: tuple[ManifestRide, ...]
    seconds: int = 0


def list_shifts(service_code: str, day: date) -> list[Shift]:
    """The shifts of a day, with what vehicle and where it is."""
    rows = Shift.objects.filter(day__service__code=service_code, day__date=day)
    return list(rows.select_related("day__service"))


def manifest(shift_id: int) -> list[ManifestStop]:
    """What a shift has done and is to do, in order."""
    stops = read(Shift.objects.values_list("route", flat=True).get(pk=shift_id))
    rows = Ride.objects.in_bulk({each.ride for each in stops if each.what != BREAK})
    found: list[ManifestStop] = []
    for stop in stops:
        made = _listed(stop, rows.get(stop.ride))
        last = found[-1] if found else None
        if (
            last
            and made.place
            and (last.what, last.place) == (made.what, made.place)
            and not (last.done_at or made.done_at)
        ):
            found[-1] = replace(last, rides=(*last.rides, *made.rides))
        else:
            found.append(made)
    return found


def _about(stop: ManifestStop) -> tuple[str, Spot | None, bool]:
    return stop.what, stop.place, stop.done_at is not None


def _listed(stop: Stop, ride: Ride | None) -> ManifestStop:
    planned_at = datetime.fromtimestamp(stop.at, UTC)
    done_at = datetime.fromtimestamp(stop.done_at, UTC) if stop.done_at is not None else None
    if ride is None:
        return ManifestStop(stop.what, planned_at, done_at, None, (), stop.seconds)
    if stop.place is not None:
        place = Spot(*stop.place)
    elif stop.what == PICKUP:
        place = Spot(ride.origin_lon, ride.origin_lat, ride.origin_stop)
    else:
        place = Spot(ride.destination_lon, ride.destination_lat, ride.destination_stop)
    who = ManifestRide(
        ride.reference,
        ride.state,
        ride.code,
        tuple(ride.load),
        ride.seller,
        ride.told_at,
        ride.latest_at,
        ride.arrive_by,
    )
    return ManifestStop(stop.what, planned_at, done_at, place, (who,))


def begin(shift_id: int, now: datetime) -> None:
    """The driver is out, also again after a breakdown: whoever is still with the vehicle then is driven on."""

    def plan(edit: Edit) -> None:
        if not _step(edit, shift_id, "OUT", ("PLANNED", "BROKEN_DOWN")):
            return
        edit.roster.back.add(shift_id)
        edit.roster.lay(edit.roster.clock_s)
        if take_back(edit, shift_id):
            _retime(edit, shift_id, now)

    change(_day_of(shift_id), now, plan)


def end(shift_id: int, now: datetime) -> None:
    """The driver goes home. Whoever is still to be driven is given to others."""
    _leave(shift_id, "OVER", now, ("OUT", "BROKEN_DOWN"))


def break_down(shift_id: int, now: datetime) -> None:
    """The vehicle can go no further, or does not come at all: its rides are planned anew on others.

    Whoever is aboard is met where it stands. Who cannot be driven as promised is told so by an event with `broken`.
    """
    state = Shift.objects.values_list("state", flat=True).get(pk=shift_id)
    _leave(shift_id, "CALLED_OFF" if state == "PLANNED" else "BROKEN_DOWN", now, ("PLANNED", "OUT"))


def _leave(shift_id: int, new: str, now: datetime, old: tuple[str, ...]) -> None:
    """A shift is on the road no more."""

    def plan(edit: Edit) -> None:
        if _step(edit, shift_id, new, old):
            displace(edit, shift_id, now)

    change(_day_of(shift_id), now, plan)


def _step(edit: Edit, shift_id: int, new: str, old: tuple[str, ...]) -> bool:
    """Whether a shift comes into a state in which it is not yet. Raises IllegalMove where it cannot."""
    state = edit.roster.shifts[shift_id].state
    if state == new:
        return False
    if state not in old:
        raise IllegalMove(f"shift: {state} → {new}")
    edit.shift_steps[shift_id] = new
    return True


def _day_of(shift_id: int) -> int:
    return Shift.objects.values_list("day_id", flat=True).get(pk=shift_id)


def seen(shift_id: int, lon: float, lat: float, now: datetime) -> None:
    """Where a vehicle is."""
    Shift.objects.filter(pk=shift_id).update(lon=lon, lat=lat, seen_at=now)


def delay(shift_id: int, seconds: int, now: datetime) -> None:
    """A vehicle is at its next stop so much later than planned. What that breaks is planned anew."""
    put_off(shift_id, delayed_until(shift_id, seconds, now), now)


def delayed_until(shift_id: int, seconds: int, at: datetime) -> datetime:
    """When a vehicle is at its next stop that was said at some moment to be so much later than planned."""
    stops = [each for each in read(Shift.objects.values_list("route", flat=True).get(pk=shift_id)) if not each.done_at]
    todo = [each for each in stops if each.what != BREAK or each.at + each.seconds > at.timestamp()]
    planned_at = datetime.fromtimestamp(todo[0].at, UTC) if todo else at
    return max(planned_at, at) + timedelta(seconds=seconds)


def put_off(shift_id: int, until: datetime, now: datetime) -> None:
    """A vehicle is at its next stop by then, and not earlier; said again, it is the same. What that breaks is planned
    anew.
    """

    def plan(edit: Edit) -> None:
        roster = edit.roster
        if shift_id not in roster.stands:
            raise IllegalMove(f"shift: {roster.shifts[shift_id].state} is not late")
        roster.shifts[shift_id].late_until = until
        _retime(edit, shift_id, now)

    change(_day_of(shift_id), now, plan)


def pause(shift_id: int, now: datetime, *, at: datetime | None = None) -> None:
    """The driver begins a break, or began it `at` a moment: the nearest one of those not begun. What that breaks is
    planned anew. Said again of the same moment, it is the same break.

    Raises IllegalMove where somebody is aboard.
    """

    def plan(edit: Edit) -> None:
        roster, at_s = edit.roster, int((at or now).timestamp())
        shift, stand = roster.shifts[shift_id], roster.stands.get(shift_id)
        stops = read(shift.route)
        if any(each.what == BREAK and each.arrived_at == at_s for each in stops):
            return
        if stand is None or stand.aboard:
            raise IllegalMove(f"shift: {shift.state}, and no break can begin")
        open_ones = [each for each in stops if each.what == BREAK and each.arrived_at is None]
        if not open_ones or (stand.todo and stand.todo[0].what == BREAK and stand.todo[0].arrived_at is not None):
            return
        chosen = min(open_ones, key=lambda each: _from_s(shift.breaks[each.number], at_s))
        begun = replace(chosen, at=at_s, arrived_at=at_s, done_at=None, place=None)
        others = [each for each in stops if each is not chosen]
        done = [each for each in others if each.done_at is not None]
        shift.route = write([*done, begun, *(each for each in others if each.done_at is None)])
        shift.late_until = None
        _retime(edit, shift_id, now)

    change(_day_of(shift_id), now, plan)


def resume(shift_id: int, now: datetime, *, at: datetime | None = None) -> None:
    """The break that the driver began is over, or was `at` a moment, sooner or later than planned."""

    def plan(edit: Edit) -> None:
        shift, at_s = edit.roster.shifts[shift_id], int((at or now).timestamp())
        stops = read(shift.route)
        begun = [each for each in stops if each.what == BREAK and each.arrived_at is not None and each.done_at is None]
        if begun:
            shift.route = write(replace(each, done_at=at_s) if each in begun else each for each in stops)
            _retime(edit, shift_id, now)

    change(_day_of(shift_id), now, plan)


def _from_s(bounds: Mapping[str, int], at_s: int) -> int:
    """How far a moment is from the time in which a break is to begin."""
    return max(bounds["from"] - at_s, at_s - bounds["until"], 0)


def watch(day_id: int, now: datetime) -> None:
    """What is late by the clock is planned anew: who will not be met or there as promised is told, before they ask."""

    def plan(edit: Edit) -> None:
        repair(edit, now)

    change(day_id, now, plan)


# What is told later than it happened is written down as it was; `plans` False leaves it to the next `watch` to plan
# what follows from it, by the clock as it is by then.


def arrive(reference: UUID, now: datetime, *, plans: bool = True) -> RideView:
    """The vehicle is where somebody is to be met."""

    def mark(stops: list[Stop], ride: Ride) -> list[Stop]:
        return [
            replace(each, arrived_at=int(now.timestamp()))
            if (each.ride, each.what) == (ride.pk, PICKUP) and each.done_at is None
            else each
            for each in _first(stops, ride.pk, PICKUP)
        ]

    def step(ride: Ride) -> Step | None:
        if ride.state == "BOARDED":  # met again, by the vehicle that comes instead
            return Step(ride.pk, "", {"arrived_at": now})
        if ride.arrived_at is not None or ride.state not in ("HELD", "CONFIRMED"):
            return None
        return Step(ride.pk, "", {"arrived_at": now}, told(ride, _vehicle(ride), arrived=True), ("HELD", "CONFIRMED"))

    return _happened(reference, now, step, mark, plans=plans)


def board(reference: UUID, now: datetime, *, plans: bool = True) -> RideView:
    """Somebody is aboard. Raises IllegalMove where they are not to be."""

    def mark(stops: list[Stop], ride: Ride) -> list[Stop]:
        return _done(_first(stops, ride.pk, PICKUP), ride.pk, PICKUP, now)

    def step(ride: Ride) -> Step | None:
        if ride.state == "BOARDED":
            return Step(ride.pk)
        if ride.state == "DONE":
            return None
        _check(ride, "BOARDED")
        return Step(ride.pk, "BOARDED", {"boarded_at": now}, {}, ("CONFIRMED",))

    return _happened(reference, now, step, mark, plans=plans)


def finish(reference: UUID, now: datetime, *, plans: bool = True) -> RideView:
    """Somebody has been set down. Raises IllegalMove where they were not aboard."""

    def mark(stops: list[Stop], ride: Ride) -> list[Stop]:
        # Who was taken up by the road is aboard, whether that was said or not.
        met = _done(_first(stops, ride.pk, PICKUP), ride.pk, PICKUP, now)
        return _done(_first(met, ride.pk, DROP_OFF), ride.pk, DROP_OFF, now)

    def step(ride: Ride) -> Step | None:
        if ride.state == "DONE":
            return None
        _check(ride, "DONE")
        return Step(ride.pk, "DONE", {"done_at": now}, {}, ("BOARDED",))

    return _happened(reference, now, step, mark, plans=plans)


def no_show(reference: UUID, now: datetime) -> RideView:
    """Somebody did not come. Raises IllegalMove before the time is over that the rules have one wait.

    Whose vehicle broke down under way, and who does not wait by the road for the next one, has missed nothing: their
    ride is called off.
    """
    ride = _ride(reference)
    wait_s = rules_of(ride.day.rule_set).conduct.no_show_wait_s

    def plan(edit: Edit) -> None:
        row = _ride(reference)
        if row.state == "NO_SHOW":
            return
        is_stranded = edit.roster.is_stranded(row.pk)
        if not is_stranded:
            _check(row, "NO_SHOW")
        if now < max(row.earliest_at, row.arrived_at or row.earliest_at) + timedelta(seconds=wait_s):
            raise IllegalMove("ride: one waits longer before it is NO_SHOW")
        shift = edit.roster.shifts.get(row.shift_id or 0)
        if shift is not None and row.arrived_at is not None:
            edit.sight(shift.pk, *edit.roster.met.get(row.pk, origin_of(row)), now)
        if is_stranded:
            take_away(edit, row.pk, "CANCELLED", ("BOARDED",), broken=True, reason="not_met")
        else:
            take_away(edit, row.pk, "NO_SHOW", ("CONFIRMED",))

    change(ride.day_id, now, plan)
    return get(reference)


def move(reference: UUID, new_earliest: datetime, now: datetime) -> bool:
    """Meet somebody later, whose train is late; False, and nothing is changed, where that would harm anybody else."""
    ride = _ride(reference)
    if ride.state not in ("HELD", "CONFIRMED") or ride.arrived_at is not None or new_earliest <= ride.earliest_at:
        return False
    moved: list[int] = []

    def plan(edit: Edit) -> None:
        roster, key = edit.roster, str(ride.pk)
        moved.clear()
        if key not in roster.board.vehicle or roster.board.vehicle[key] in roster.board.broken:
            return
        row = roster.rides[ride.pk]
        by = new_earliest - row.earliest_at
        if by <= timedelta():  # somebody else was quicker
            return
        row.earliest_at, row.latest_at, row.arrive_by = row.earliest_at + by, row.latest_at + by, row.arrive_by + by
        row.told_at += by
        old = int(roster.board.shifts[roster.board.vehicle[key]].key)
        roster.board.take_out(key)
        roster.board.forget(key)
        request = roster.request(row)
        found = fit(roster, request, roster.zones_of(row), priority=True)
        if found is None or not take(roster.board, found.request, found.option):
            roster.forget()
            return
        fields = {name: getattr(row, name) for name in ("earliest_at", "latest_at", "arrive_by", "told_at")}
        vehicle = roster.shifts[found.shift_id].vehicle
        edit.steps.append(Step(row.pk, "", fields, told(row, vehicle, moved=True), ("HELD", "CONFIRMED")))
        edit.touched |= {old, found.shift_id}
        moved.append(row.pk)

    change(ride.day_id, now, plan)
    return bool(moved)


def _happened(
    reference: UUID,
    now: datetime,
    step: Callable[[Ride], Step | None],
    mark: Callable[[list[Stop], Ride], list[Stop]],
    *,
    plans: bool,
) -> RideView:
    """Something has happened to a ride: its stop is done, or begun, and what follows on its route has other times."""
    ride = _ride(reference)

    def plan(edit: Edit) -> None:
        row = _ride(reference)
        found = step(row)
        if found is None:
            return
        if row.shift_id not in edit.roster.shifts:
            raise IllegalMove(f"ride: {row.state} is on no route")
        edit.steps.append(found)
        shift = edit.roster.shifts[row.shift_id]
        shift.route = write(mark(read(shift.route), row))
        shift.late_until = None
        _retime(edit, shift.pk, now, plans=plans)

    change(ride.day_id, now, plan)
    return get(reference)


def _retime(edit: Edit, shift_id: int, now: datetime, *, plans: bool = True) -> None:
    """A route as it is now, with the times that follow."""
    edit.roster.dirty.add(shift_id)
    edit.roster.lay(edit.roster.clock_s)
    edit.touched.add(shift_id)
    if plans:
        repair(edit, now)


def _first(stops: list[Stop], ride_id: int, what: str) -> list[Stop]:
    """The stops with one before all others that are to be done: the driver has chosen it."""
    done = [each for each in stops if each.done_at is not None]
    todo = [each for each in stops if each.done_at is None]
    chosen = [each for each in todo if (each.ride, each.what) == (ride_id, what)]
    return [*done, *chosen, *(each for each in todo if each not in chosen)]


def _done(stops: list[Stop], ride_id: int, what: str, now: datetime) -> list[Stop]:
    at_s = int(now.timestamp())
    return [
        replace(each, done_at=at_s) if (each.ride, each.what) == (ride_id, what) and each.done_at is None else each
        for each in stops
    ]


def _check(ride: Ride, new: str) -> None:
    if not RIDE.allows(ride.state, new):
        raise IllegalMove(f"ride: {ride.state} → {new}")


def _ride(reference: UUID) -> Ride:
    found = Ride.objects.select_related("day__rule_set", "day__service", "shift").filter(reference=reference).first()
    if found is None:
        raise RideRefused(Reason.UNKNOWN)
    return found


def _vehicle(ride: Ride) -> str:
    return ride.shift.vehicle if ride.shift else ""
