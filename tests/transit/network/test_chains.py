"""Chains of trips ridden in one seat answer as the slow searches do, which follow each link by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.expanded import Expanded
from tests.oracles.rounds import Rounds, runs_of, transfers_of
from tests.transit.routing.networks import Asked, ScheduleText, cases, in_seat, told
from transit.network.chains import Link, chains_of, days_with, with_chains
from transit.network.merge import Calls, Days, sequences_of
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.timetable import Schedule
from transit.routing.window import assemble, reverse

BEFORE_S = 100 * 3600
LENGTH_S = 300 * 3600
"""So early and so long that no trip of a chain is left out while another is under way."""


def in_one_seat(text: ScheduleText, pairs: set[tuple[int, int]]) -> Schedule:
    """The schedule with the chains that pairs of trips make on the days on which both run, one zone for both."""
    schedule = text.schedule
    lengths = np.diff(schedule.sequence_start.astype(np.int64))[schedule.trip_sequence]
    start = np.append(0, np.cumsum(lengths))
    events = np.concatenate(
        [np.arange(a, a + n) for a, n in zip(schedule.trip_event_start.astype(int), lengths, strict=True)]
    )
    rows = np.concatenate(
        [np.arange(n) + schedule.sequence_start[q] for q, n in zip(schedule.trip_sequence, lengths, strict=True)]
    )
    calls = Calls(
        start,
        schedule.sequence_mode[schedule.trip_sequence],
        schedule.sequence_stops[rows].astype(np.int64),
        schedule.event_arrivals[events],
        schedule.event_departures[events],
        schedule.sequence_pickup[rows],
        schedule.sequence_drop_off[rows],
    )
    service = schedule.trip_service.astype(np.int64)
    days = Days(
        service,
        schedule.service_active,
        schedule.service_timezone.astype(np.int64),
        schedule.timezones,
        schedule.first_day,
    )
    links = [
        Link(a, b, 0, (schedule.service_active[service[a]] & schedule.service_active[service[b]]) == 1)
        for a, b in pairs
        if calls.arrival[start[a + 1] - 1] <= calls.departure[start[b]]
    ]
    chains = chains_of(links, days)
    runs, told_days = with_chains(calls, chains), days_with(days, chains)
    sequences = sequences_of(runs)
    return replace(
        schedule,
        sequence_start=sequences.start.astype(np.uint32),
        sequence_stops=sequences.stops.astype(np.uint32),
        sequence_pickup=sequences.pickup.copy(),
        sequence_drop_off=sequences.drop_off.copy(),
        sequence_mode=sequences.mode,
        trip_sequence=sequences.run.astype(np.uint32),
        trip_event_start=runs.start[:-1].astype(np.uint64),
        event_arrivals=runs.arrival.astype(np.int32),
        event_departures=runs.departure.astype(np.int32),
        trip_service=told_days.trip_service.astype(np.uint32),
        service_active=told_days.active.copy(),
        service_timezone=told_days.timezone.astype(np.uint32),
    )


def ends_of(near: dict[int, int]) -> Ends:
    return Ends(np.array(list(near), np.uint32), np.array(list(near.values()), np.int32))


def fits(text: ScheduleText, pair: tuple[int, int]) -> bool:
    """Whether two different trips have one zone and one kind of vehicle, and follow each other in time."""
    (q, times, first), (r, then, second) = text.trips[pair[0]], text.trips[pair[1]]
    same = text.services[first][1] == text.services[second][1] and text.sequences[q].mode == text.sequences[r].mode
    return same and pair[0] != pair[1] and times[-1][0] <= then[0][1]


@given(cases(), st.data())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_as_the_slow_searches(case: tuple[ScheduleText, Asked], data: st.DataObject) -> None:
    text, asked = case
    asked = replace(asked, modes=None)
    pairs = {pair for pair in data.draw(in_seat(text)) if fits(text, pair)}
    from_at = text.from_at - BEFORE_S
    until_at = from_at + LENGTH_S
    timetable = assemble(in_one_seat(text, pairs), from_at, until_at)
    near = ends_of(asked.access), ends_of(asked.egress)
    expanded = Expanded(text.schedule, from_at, until_at, slack=asked.slack, links=pairs)
    rounds = Rounds(runs_of(text.schedule, from_at, until_at, pairs), transfers_of(text.schedule, asked.slack))
    low, high = asked.window[0] + BEFORE_S, asked.window[1] + BEFORE_S
    wish = asked.access, asked.egress, (low, high), asked.vehicles

    found = find_rides(timetable, *near, Wish(low, high, asked.vehicles, asked.slack))
    answer = told({(r.leave_s, r.arrive_s, len(r.rides)) for r in found})
    assert answer == told(expanded.leaving_between(*wish)) == told(rounds.leaving_between(*wish))

    found = find_rides(reverse(timetable), near[1], near[0], Wish(-high, -low, asked.vehicles, asked.slack))
    answer = told({(-r.arrive_s, -r.leave_s, len(r.rides)) for r in found})
    assert answer == told(expanded.arriving_between(*wish)) == told(rounds.arriving_between(*wish))
