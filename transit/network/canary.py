"""The first questions to a network that was just built: does the search find trips that the feeds promise?

Asked before the network may answer anybody, so that a fault of the builder stops there.
"""

from __future__ import annotations

import numpy as np

from transit.feeds.notices import FeedError
from transit.network.store import Network
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.window import NO_DROP_OFF, NO_PICKUP, assemble, service_day_start

QUESTIONS = 8


def ask(network: Network) -> None:
    """Ride some trips from end to end. Raises FeedError where the search arrives later than the trip, or never."""
    running = np.flatnonzero(network.schedule.service_active[network.trips.service].any(axis=1))
    for trip in np.unique(running[np.linspace(0, len(running) - 1, QUESTIONS).astype(int)]).tolist():
        if not _is_found(network, trip):
            raise FeedError(
                f"The network that was built does not find trip {network.trip_id(trip)}, so it is not published and "
                "what answered goes on answering. Report this to those who run this software.",
                "canary_not_found",
            )


def _is_found(network: Network, trip: int) -> bool:
    """Whether one who is at a trip's first stop in time gets to its last stop no later than the trip does."""
    schedule = network.schedule
    sequence = int(schedule.trip_sequence[trip])
    low, high = schedule.sequence_start[sequence : sequence + 2].tolist()
    boards = np.flatnonzero(schedule.sequence_pickup[low : high - 1] != NO_PICKUP)
    leaves = np.flatnonzero(schedule.sequence_drop_off[low + 1 : high] != NO_DROP_OFF) + 1
    if not len(boards) or not len(leaves) or boards[0] >= leaves[-1]:
        return True  # Nobody may ride it from one stop to another.
    board, leave = int(boards[0]), int(leaves[-1])
    service = int(network.trips.service[trip])
    day = schedule.first_day + int(np.argmax(schedule.service_active[service]))
    begins_at = service_day_start(day, schedule.timezones[int(schedule.service_timezone[service])])
    first = int(schedule.trip_event_start[trip])
    departs_at = begins_at + int(schedule.event_departures[first + board])
    arrives_at = begins_at + int(schedule.event_arrivals[first + leave])
    timetable = assemble(schedule, departs_at, arrives_at)
    ends = (
        Ends(schedule.sequence_stops[low + at : low + at + 1].copy(), np.zeros(1, np.int32)) for at in (board, leave)
    )
    found = find_rides(timetable, next(ends), next(ends), Wish(0, 0))
    return any(rides.arrive_s <= arrives_at - departs_at for rides in found)
