"""The slow, obvious check of a day's plan: everything that was promised to everybody, stop by stop.

It reads the rows alone, and works out every route by driving it: where the vehicle is, when it is there, who is aboard.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np

from transit.models import Ride, RideEvent, Shift

LIVE = ("HELD", "CONFIRMED", "BOARDED")
OUT = ("PLANNED", "OUT")
SLACK_S = 1
"""Promises are of instants, plans of whole seconds."""


def drive_s(roads: Any, start: tuple[float, float], end: tuple[float, float]) -> int:
    """Seconds from a place to another."""
    if start == end:
        return 0
    return int(roads.legs(*start, np.array([end[0]]), np.array([end[1]])).out_s[0])


def flaws(day_id: int, roads: Any, clock_s: int) -> list[str]:
    """What is wrong with a plan at a moment; nothing should be."""
    found: list[str] = []
    rows = {each.pk: each for each in Ride.objects.filter(day_id=day_id)}
    shifts = list(Shift.objects.filter(day_id=day_id))
    found += _once(rows, shifts) + _left(rows, shifts)
    for shift in shifts:
        if shift.state in OUT:
            found += _route(shift, rows, roads, clock_s)
        elif any(stop["done_at"] is None for stop in shift.route if "ride" in stop):
            found.append(f"{shift} is {shift.state} and has riders to drive")
    for ride in rows.values():
        found += _told(ride)
    return found


def _once(rows: dict[int, Ride], shifts: list[Shift]) -> list[str]:
    """Whoever has a ride is on one route, once picked up and once set down; nobody else is on any."""
    found = []
    todo = [(shift, stop) for shift in shifts for stop in shift.route if "ride" in stop and stop["done_at"] is None]
    drops = Counter(stop["ride"] for _, stop in todo if stop["what"] == "drop_off")
    picks = Counter(stop["ride"] for _, stop in todo if stop["what"] == "pickup")
    for pk, ride in rows.items():
        stranded = ride.state == "BOARDED" and ride.shift_id is None
        if ride.state in LIVE and not stranded and drops[pk] != 1:
            found.append(f"ride {pk} {ride.state} is set down {drops[pk]} times")
        if ride.state in ("HELD", "CONFIRMED") and picks[pk] != 1:
            found.append(f"ride {pk} {ride.state} is picked up {picks[pk]} times")
        if ride.state not in LIVE and (drops[pk] or picks[pk]):
            found.append(f"ride {pk} {ride.state} is still on a route")
    for shift, stop in todo:
        ride = rows[stop["ride"]]
        if ride.shift_id != shift.pk:
            found.append(f"ride {ride.pk} is on {shift} and says {ride.shift_id}")
        at = ride.planned_pickup_at if stop["what"] == "pickup" else ride.planned_drop_off_at
        if int(at.timestamp()) != stop["at"]:
            found.append(f"ride {ride.pk} says {at} and the route {stop['at']}")
    return found


def _place(stop: dict[str, Any], rows: dict[int, Ride]) -> tuple[float, float]:
    ride = rows[stop["ride"]]
    if stop.get("place"):
        return tuple(stop["place"])
    if stop["what"] == "pickup":
        return ride.origin_lon, ride.origin_lat
    return ride.destination_lon, ride.destination_lat


def _route(shift: Shift, rows: dict[int, Ride], roads: Any, clock_s: int) -> list[str]:
    found: list[str] = []
    here, free_s = (shift.plan["lon"], shift.plan["lat"]), int(shift.start_at.timestamp())
    aboard: dict[int, int] = {}
    started = False
    for stop in shift.route:
        if "break" in stop:
            if aboard and stop["at"] > clock_s:
                found.append(f"{shift} has a break with riders aboard")
            bounds = shift.breaks[stop["number"]]
            if stop["done_at"] is None and stop["at"] > clock_s and not bounds["from"] <= stop["at"]:
                found.append(f"{shift} has a break too early")
            there = tuple(stop["place"]) if stop.get("place") else here
            if started and stop["at"] + SLACK_S < free_s + drive_s(roads, here, there):
                found.append(f"{shift} is at {stop} before it can be: {free_s} + {drive_s(roads, here, there)}")
            over_s = stop["at"] + stop["break"] if stop["done_at"] is None else stop["done_at"]
            here, free_s = there, max(free_s, over_s)
            continue
        ride, there = rows[stop["ride"]], _place(stop, rows)
        if stop["done_at"] is not None:
            here, free_s = there, stop["done_at"]
            if stop["what"] == "pickup" and _stays(shift, ride.pk):
                aboard[ride.pk] = stop["done_at"]
            else:
                aboard.pop(ride.pk, None)
            continue
        if started and stop["at"] + SLACK_S < free_s + drive_s(roads, here, there):
            found.append(f"{shift} is at {stop} before it can be: {free_s} + {drive_s(roads, here, there)}")
        started = True
        found += _promise(shift, stop, ride, aboard, clock_s)
        here, free_s = there, max(stop["at"], free_s) + ride.boarding_s
        found += _load(shift, aboard, rows)
    return found


def _stays(shift: Shift, ride_id: int) -> bool:
    """Whether who got in also gets out; else the vehicle broke down, and another one went on with them, or it meets
    them again later.
    """
    own = [stop for stop in shift.route if stop.get("ride") == ride_id]
    is_met_again = any(stop["what"] == "pickup" and stop["done_at"] is None for stop in own)
    return not is_met_again and any(stop["what"] == "drop_off" for stop in own)


def _left(rows: dict[int, Ride], shifts: list[Shift]) -> list[str]:
    """Whoever was last in a vehicle that drives is not left behind."""
    found = []
    for ride in (each for each in rows.values() if each.state == "BOARDED" and each.shift_id is None):
        met = [
            (stop["done_at"], shift.pk, shift)
            for shift in shifts
            for stop in shift.route
            if (stop.get("ride"), stop.get("what")) == (ride.pk, "pickup") and stop["done_at"] is not None
        ]
        if met and max(met)[2].state == "OUT":
            found.append(f"ride {ride.pk} sits in {max(met)[2]}, which does not know of it")
    return found


def _promise(shift: Shift, stop: dict[str, Any], ride: Ride, aboard: dict[int, int], clock_s: int) -> list[str]:
    at, found = stop["at"], []
    if stop["what"] == "pickup":
        if not ride.earliest_at.timestamp() - SLACK_S <= at <= ride.latest_at.timestamp() + SLACK_S:
            found.append(f"ride {ride.pk} is met at {_clock(at)}, not in {ride.earliest_at:%T} … {ride.latest_at:%T}")
        aboard[ride.pk] = at + ride.boarding_s
    else:
        since = aboard.pop(ride.pk, None)
        if since is None:
            found.append(f"ride {ride.pk} is set down by {shift} before it was met")
        elif at - since > ride.ride_limit_s + SLACK_S:
            found.append(f"ride {ride.pk} takes {at - since} s of {ride.ride_limit_s}")
        if at > ride.arrive_by.timestamp() + SLACK_S:
            found.append(f"ride {ride.pk} is there at {_clock(at)}, not by {ride.arrive_by:%T}")
    return found


def _load(shift: Shift, aboard: dict[int, int], rows: dict[int, Ride]) -> list[str]:
    taken = [sum(rows[pk].load[kind] for pk in aboard) for kind in range(4)]
    if any(all(a <= b for a, b in zip(taken, layout, strict=True)) for layout in shift.plan["layouts"]):
        return []
    return [f"{shift} has {taken} aboard"]


def _told(ride: Ride) -> list[str]:
    """Whoever was confirmed and is not driven within the first promise was told that it is broken."""
    events = list(RideEvent.objects.filter(ride=ride).order_by("pk"))
    broken = [each for each in events if each.detail.get("broken")]
    states = [each.new for each in events if each.new != each.old]
    found = [] if states and states[-1] == ride.state else [f"ride {ride.pk} is {ride.state}, its events say {states}"]
    if ride.latest_at.timestamp() - ride.earliest_at.timestamp() > 3600 and not broken:
        found.append(f"ride {ride.pk} has a wide promise that nobody was told of")
    return found


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%T")
