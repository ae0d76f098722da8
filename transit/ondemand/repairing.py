"""When reality breaks a plan: rides are planned anew, on others if need be; who cannot be driven as promised is told.

What is told is an event with `broken`, and the new times, or that nobody can come. Whoever sold the ride compensates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from transit.models import Ride
from transit.ondemand.edit import Edit, Step, told
from transit.ondemand.fitting import Fit, fit
from transit.ondemand.roster import Roster
from transit.ondemand.route import BREAK, DROP_OFF, PICKUP, Stop, read, write
from transit.ondemand.stand import Place, Stand, origin_of
from transit.routing.insertion import options, take
from transit.routing.kernels.routes import LATEST
from transit.routing.pooling import EVER_S

LATER_MIN: Final = (5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 360)
"""By how much later somebody is met than promised, the least that can be had."""
PROMISE: Final = ("told_at", "earliest_at", "latest_at", "arrive_by", "ride_limit_s")


def repair(edit: Edit, now: datetime) -> None:
    """Mend the routes of those who are late. The board is that of the rows; what becomes of them is in the edit."""
    roster = edit.roster
    if roster.late:
        _mend(edit, now)
    for pk in sorted(roster.strained):
        _rest(edit, pk)


def _mend(edit: Edit, now: datetime) -> None:
    roster = edit.roster
    late = sorted(roster.late)
    elsewhere = [pk for pk in late if (stand := roster.stands[pk]).is_bound and _face(edit, pk, stand)]
    roster.dirty |= set(late)
    roster.lay(roster.clock_s)
    edit.touched |= set(late)
    freed: list[int] = []
    for pk in elsewhere:
        stand, number = roster.stands[pk], roster.board.shift_number[str(pk)]
        _free(roster, [stand.todo[0].ride])
        roster.board.rows.frozen[number] -= 1
        freed.append(stand.todo[0].ride)
    for pk in late:
        freed += _relieve(edit, pk, set(freed))
    anew(edit, freed, now)


def displace(edit: Edit, shift_id: int, now: datetime) -> None:
    """A shift drives nobody any more: others do. Who is aboard is met where the vehicle is."""
    roster = edit.roster
    stand = roster.stands.get(shift_id)
    if stand is None:
        return
    roster.gone.add(shift_id)
    edit.routes[shift_id] = list(stand.done)
    rides = list(dict.fromkeys(each.ride for each in stand.todo if each.what != BREAK))
    _free(roster, rides)
    # Whoever this vehicle has come for, the next one has not.
    edit.steps += [Step(pk, "", {"arrived_at": None}) for pk in rides if roster.rides[pk].arrived_at is not None]
    place = _place(roster, shift_id, stand)
    for pk in stand.aboard:
        row = roster.rides[pk]
        row.earliest_at = row.told_at = datetime.fromtimestamp(roster.clock_s, UTC)
        row.latest_at = row.earliest_at + timedelta(seconds=roster.rules.promise.window_s)
        roster.met[pk] = place
    anew(edit, rides, now, aboard=stand.aboard)


def take_back(edit: Edit, shift_id: int) -> bool:
    """Whoever was left with a vehicle that goes on now is aboard again; whether there was anybody."""
    roster = edit.roster
    shift, stand = roster.shifts[shift_id], roster.stands.get(shift_id)
    rows = Ride.objects.filter(day_id=roster.day_id, state="BOARDED", shift=None).order_by("arrive_by", "pk")
    left = [row for row in rows if _is_with(roster, row.pk, shift_id)]
    if stand is None or not left:
        return False
    here, at_s = roster.places.node(*_place(roster, shift_id, stand)), roster.clock_s
    stops = read(shift.route)
    done, todo = [each for each in stops if each.done_at is not None], [each for each in stops if each.done_at is None]
    for row in left:
        roster.rides[row.pk] = row
        there = roster.places.node(row.destination_lon, row.destination_lat)
        at_s += roster.drive_s(at_s, here, there)
        done.append(Stop(DROP_OFF, at_s, row.pk))
        here, at_s = there, at_s + row.boarding_s
    shift.route = write([*done, *todo])
    return True


def _is_with(roster: Roster, ride_id: int, shift_id: int) -> bool:
    """Whether somebody was last picked up by a shift."""
    met = [
        (stop.done_at, pk)
        for pk, shift in roster.shifts.items()
        for stop in roster.stops_of(shift)
        if (stop.ride, stop.what) == (ride_id, PICKUP) and stop.done_at is not None
    ]
    return bool(met) and max(met)[1] == shift_id


def _rest(edit: Edit, shift_id: int) -> None:
    """The breaks of a shift are late: others take over whom they can drive as promised, until they are not."""
    roster, board = edit.roster, edit.roster.board
    stand, number = roster.stands[shift_id], board.shift_number[str(shift_id)]
    bound = stand.todo[0].ride if stand.is_bound else 0
    roster.dirty.add(shift_id)  # what is tried here is tried anew the next time
    for stop in stand.todo:
        pk = stop.ride
        if stop.what != PICKUP or stop.arrived_at is not None or pk == bound or board.vehicle.get(str(pk)) != number:
            continue
        row = roster.rides[pk]
        others = roster.takers(roster.zones_of(row), int(row.earliest_at.timestamp())) - {str(shift_id)}
        asked = roster.request(row, key=f"again {pk}", shifts=others)
        found = options(board, asked, 1) if others else []
        if not found or board.shift_number[found[0].shift] in board.broken:
            continue
        _free(roster, [pk])
        is_taken = take(board, replace(asked, key=str(pk)), found[0])
        assert is_taken, "it was found just now"
        edit.touched |= {shift_id, int(found[0].shift)}
        if roster.ease(number):
            return


def anew(edit: Edit, rides: Iterable[int], now: datetime, aboard: Iterable[int] = ()) -> None:
    """Plan rides that are on no route: as promised if that can be, else as soon as can be, and they are told."""
    roster, stranded = edit.roster, set(aboard)
    for pk in sorted(rides, key=lambda pk: (pk not in stranded, roster.rides[pk].earliest_at, pk)):
        row = roster.rides[pk]
        if pk not in stranded and (found := _fit(roster, row)) is not None and take(*_taken(roster, found)):
            edit.touched.add(found.shift_id)
        else:
            _as_soon_as_can_be(edit, row)


def _face(edit: Edit, shift_id: int, stand: Stand) -> bool:
    """Somebody is not met, or not there, in time: True where another vehicle would still be; else they are told."""
    roster, stop = edit.roster, stand.todo[0]
    if stop.what == BREAK:
        return False
    row, at = roster.rides[stop.ride], datetime.fromtimestamp(stand.at_s, UTC)
    if stand.at_s <= stand.by_s(row):
        return False
    if stop.what == DROP_OFF:
        row.arrive_by = max(row.arrive_by, at)
        row.ride_limit_s = max(row.ride_limit_s, stand.at_s - (stand.met_s(row.pk) or stand.at_s))
    elif stop.arrived_at is None and _has_other(roster, row, shift_id):
        return True
    else:
        least = at + timedelta(seconds=row.boarding_s + row.ride_limit_s)
        row.told_at, row.latest_at, row.arrive_by = at, at, max(row.arrive_by, least)
    _tell(edit, row, roster.shifts[shift_id].vehicle)
    return False


def _has_other(roster: Roster, row: Ride, shift_id: int) -> bool:
    others = roster.takers(roster.zones_of(row), int(row.earliest_at.timestamp()), backup=True) - {str(shift_id)}
    asked = roster.request(row, key=f"again {row.pk}", shifts=others)
    return bool(others and options(roster.board, asked, 1))


def _relieve(edit: Edit, shift_id: int, gone: set[int]) -> list[int]:
    """Take from a route that cannot be driven whoever can be taken; who is aboard is there as soon as can be."""
    roster, board = edit.roster, edit.roster.board
    stand, number = roster.stands[shift_id], board.shift_number[str(shift_id)]
    if number not in board.broken:
        return []
    bound = stand.todo[0].ride if stand.is_bound and stand.todo[0].what != BREAK else 0
    # Who sees their vehicle stand before them keeps it.
    kept = {*stand.aboard, bound, *(each.ride for each in stand.todo if each.arrived_at is not None)} - gone
    freed = [
        each.ride for each in stand.todo if each.what == PICKUP and each.ride not in kept and each.ride not in gone
    ]
    _free(roster, freed)
    if number in board.broken:
        roster.bend(number)
    if number in board.broken:
        _late_aboard(edit, shift_id, [each.ride for each in stand.todo if each.what == DROP_OFF and each.ride in kept])
        roster.bend(number)
    return freed


def _late_aboard(edit: Edit, shift_id: int, rides: list[int]) -> None:
    roster, board, stand = edit.roster, edit.roster.board, edit.roster.stands[shift_id]
    number = board.shift_number[str(shift_id)]
    ends = {pk: board.pickup(board.number[str(pk)]) + 1 for pk in rides}
    was = {pk: int(board.world.facts[visit, LATEST]) for pk, visit in ends.items()}
    for visit in ends.values():
        board.world.facts[visit, LATEST] = EVER_S
    if not board.learn(number):
        return
    order = board.rows.visits[number, : board.rows.length[number]].tolist()
    for pk, visit in ends.items():
        soonest_s = int(board.rows.soonest[number, order.index(visit)])
        board.world.facts[visit, LATEST] = max(was[pk], soonest_s)
        if soonest_s > was[pk]:
            row = roster.rides[pk]
            met_s = stand.met_s(pk)
            row.arrive_by = max(row.arrive_by, datetime.fromtimestamp(soonest_s, UTC))
            if met_s is not None:
                row.ride_limit_s = max(row.ride_limit_s, soonest_s - met_s)
            _tell(edit, row, roster.shifts[shift_id].vehicle)
    board.learn(number)


def _as_soon_as_can_be(edit: Edit, row: Ride) -> None:
    roster = edit.roster
    latest, by = max(row.latest_at, datetime.fromtimestamp(roster.clock_s, UTC)), row.arrive_by
    start = roster.places.node(*roster.met.get(row.pk, origin_of(row)))
    end = roster.places.node(row.destination_lon, row.destination_lat)
    for minutes in LATER_MIN:
        row.latest_at = latest + timedelta(minutes=minutes)
        direct_s = roster.drive_s(int(row.latest_at.timestamp()), start, end)
        row.ride_limit_s = max(row.ride_limit_s, direct_s)
        row.arrive_by = max(by, row.latest_at + timedelta(seconds=row.boarding_s + row.ride_limit_s))
        if (found := _fit(roster, row)) is None or not take(*_taken(roster, found)):
            continue
        planned_s = found.option.pickup.planned_s
        row.told_at = max(datetime.fromtimestamp(planned_s - planned_s % 60, UTC), row.earliest_at)
        edit.touched.add(found.shift_id)
        _tell(edit, row, roster.shifts[found.shift_id].vehicle)
        return
    if row.state == "BOARDED":  # where their vehicle stands
        edit.steps.append(Step(row.pk, "", {"shift": None}, {"broken": True, "reason": "no_vehicle"}))
        return
    new = "RELEASED" if row.state == "HELD" else "CANCELLED"
    edit.steps.append(Step(row.pk, new, {"expires_at": None}, {"broken": True, "reason": "no_vehicle"}, (row.state,)))


def _tell(edit: Edit, row: Ride, vehicle: str) -> None:
    """The promise is another one from now on, and whoever it was given to is told."""
    before = [each for each in edit.steps if each.ride_id == row.pk and not each.new]
    fields = {name: value for each in before for name, value in each.fields.items()}
    fields |= {name: getattr(row, name) for name in PROMISE}
    said: dict[str, Any] = {
        name: getattr(row, name).astimezone(UTC).isoformat().replace("+00:00", "Z")
        for name in ("latest_at", "arrive_by")
    }
    for each in before:
        said = (each.detail or {}) | said
    states = next((each.old for each in before if each.old), ())
    edit.steps = [each for each in edit.steps if each not in before]
    edit.steps.append(Step(row.pk, "", fields, {**said, **told(row, vehicle, broken=True)}, states))


def _fit(roster: Roster, row: Ride) -> Fit | None:
    return fit(roster, roster.request(row), roster.zones_of(row), priority=True)


def _taken(roster: Roster, found: Fit) -> tuple[Any, Any, Any]:
    return roster.board, found.request, found.option


def _free(roster: Roster, rides: Iterable[int]) -> None:
    for pk in rides:
        if str(pk) in roster.board.vehicle:
            roster.board.take_out(str(pk))
            roster.board.forget(str(pk))


def _place(roster: Roster, shift_id: int, stand: Stand) -> Place:
    """Where a vehicle is that has broken down."""
    shift = roster.shifts[shift_id]
    if shift.lon is not None and shift.lat is not None and shift.seen_at is not None:
        return shift.lon, shift.lat
    return stand.place
