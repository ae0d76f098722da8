"""Questions that the network answers today, put to the one that is to take its place.

The region's own are its example searches; of each timetable that changes there are some rides of its present version.
A journey is the same where it leaves and arrives near the same places at about the same time: publishers may give
stops and trips other identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.planning import page_of
from transit.models import Region
from transit.network.store import Network
from transit.routing.query import Location, Query
from transit.routing.window import service_day_start

RIDES: Final = 8
"""Asked of each timetable that changes."""
MISSED: Final = 0.5
"""Where more than this share of a timetable's rides is not answered any more, it waits for a person."""
BEFORE: Final = timedelta(hours=1)
SPAN_S: Final = 3 * 3600
DAYS: Final = range(1, 8)
OWN_AT_S: Final = (8 * 3600, 16 * 3600)
"""When the region's own searches are asked for, on the next working day."""
MONDAY_TO_FRIDAY: Final = range(5)


@dataclass(frozen=True, slots=True)
class Question:
    """A journey that must be there: it leaves within SPAN_S from a moment on."""

    origin: Location
    destination: Location
    from_at: datetime

    def __str__(self) -> str:
        return f"{self.origin.name} – {self.destination.name}, {self.from_at:%Y-%m-%d %H:%M} UTC"


def unanswered(questions: list[Question], live: Network, built: Network, now: datetime) -> list[Question]:
    """Those that the network which answers does answer, and the one that was built does not."""
    before, after = Engine(live), Engine(built)
    return [each for each in questions if _is_answered(before, each, now) and not _is_answered(after, each, now)]


def _is_answered(engine: Engine, question: Question, now: datetime) -> bool:
    query = Query(question.origin, question.destination, question.from_at, window_s=SPAN_S, bicycle=False)
    return any(itinerary.vehicles for itinerary in page_of(engine, query, now).itineraries)


def own_questions(live: Network, now: datetime) -> list[Question]:
    """The example searches of the regions, on the next working day."""
    days = (now.toordinal() + ahead for ahead in DAYS)
    day = next(each for each in days if (each - 1) % 7 in MONDAY_TO_FRIDAY)
    starts_at = service_day_start(day, live.schedule.timezones[0])
    rows = [row for examples in Region.objects.values_list("examples", flat=True) for row in examples]
    return [
        Question(_place(start), _place(end), instant(starts_at + seconds))
        for start, end in rows
        for seconds in OWN_AT_S
    ]


def _place(row: dict[str, object]) -> Location:
    return Location(float(str(row["lat"])), float(str(row["lon"])), str(row["name"]))


def rides_of(live: Network, feed: str, now: datetime) -> list[Question]:
    """Some rides of a timetable in the week ahead, spread over its trips, from end to end."""
    schedule, found = live.schedule, []
    mine = np.array([live.feed_of(each) == feed for each in live.routes.ids.texts], np.bool_)
    trips = np.flatnonzero(mine[live.trips.route])
    for nth in range(RIDES):
        day = now.toordinal() + DAYS[nth % len(DAYS)]
        if not schedule.first_day <= day <= live.last_day:
            continue
        runs = schedule.service_active[:, day - schedule.first_day]
        running = trips[runs[live.trips.service[trips]] == 1]
        if len(running):
            found.append(_question(live, int(running[len(running) * (2 * nth + 1) // (2 * RIDES)]), day))
    return list(dict.fromkeys(found))


def _question(live: Network, trip: int, day: int) -> Question:
    schedule = live.schedule
    stops = live.trip_stops(trip)
    zone = schedule.timezones[int(schedule.service_timezone[int(live.trips.service[trip])])]
    leaves_at = service_day_start(day, zone) + int(schedule.event_departures[live.first_call(trip)])
    return Question(_stop(live, stops[0]), _stop(live, stops[-1]), instant(leaves_at) - BEFORE)


def _stop(live: Network, stop: int) -> Location:
    table = live.stops
    return Location(float(table.lat[stop]), float(table.lon[stop]), table.name.get(stop, "en"))
