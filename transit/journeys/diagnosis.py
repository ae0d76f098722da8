"""A search that found no ride, or none on its day, asked again otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from transit.journeys.engine import Engine
from transit.journeys.planning import page_of
from transit.journeys.reasons import Reason, ReasonCode
from transit.routing.itinerary import Itinerary
from transit.routing.query import Query

AHEAD_DAYS: Final = 14
NIGHT: Final = timedelta(hours=4)
"""Until then it is still the day before."""


@dataclass(frozen=True)
class Diagnosis:
    """A search, the first ride that it found (None: it found none), and searches like it."""

    engine: Engine
    query: Query
    now: datetime
    shown: Itinerary | None = None

    def first(self, query: Query, now: datetime | None = None) -> Itinerary | None:
        """The first ride of a search and of the 24 hours after its time."""
        asked = replace(query, window_s=query.window_s or 3600)
        page = page_of(self.engine, asked, now or self.now, at_most=1)
        return next((each for each in page.itineraries if each.vehicles), None)

    def otherwise(self, **wishes: Any) -> Itinerary | None:
        """The first ride with other wishes, if it is nearer to the time asked for than what there is without them."""
        return self.if_nearer(self.first(replace(self.query, **wishes)))

    def if_nearer(self, found: Itinerary | None) -> Itinerary | None:
        """A ride, if none as asked for is as near to the time."""
        known = self.first(self.query) if self.query.arrive_by else self.after
        if found is None or known is None or found.start_at == known.start_at:
            return found if known is None else None
        return found if (found.start_at > known.start_at) == self.query.arrive_by else None

    def change(self, found: Itinerary, **parameters: str) -> tuple[tuple[str, str], ...]:
        """Parameters with which a ride has been found; with its time where it is outside of the window asked for."""
        query, window = self.query, timedelta(seconds=self.query.window_s)
        at = query.time_at
        is_near = found.end_at >= at - window if query.arrive_by else found.start_at <= at + window
        return tuple((parameters if is_near or not window else parameters | leaving_at(found)).items())

    @cached_property
    def zone(self) -> ZoneInfo:
        """Of the region."""
        return ZoneInfo(self.engine.timezone)

    @cached_property
    def leaving(self) -> Query:
        """The same search by the time of leaving: from the beginning of the window."""
        at = self.query.time_at - timedelta(seconds=self.query.window_s if self.query.arrive_by else 0)
        return replace(self.query, arrive_by=False, time_at=at)

    def service_day(self, at: datetime) -> date:
        """The day to which a moment belongs for people who travel."""
        return (at.astimezone(self.zone) - NIGHT).date()

    def day_begins(self, day: date) -> datetime:
        """Four in the morning."""
        return datetime.combine(day, time(), self.zone) + NIGHT

    @cached_property
    def day(self) -> date:
        """The day that is asked about."""
        return self.service_day(self.leaving.time_at)

    @cached_property
    def after(self) -> Itinerary | None:
        """The next ride, be it days later. Days on which the same runs as on one without a ride are passed over."""
        found = self.shown or self.first(self.leaving)
        tried: set[bytes | None] = {None}
        for day in self._days_ahead():
            running = self._running(day)
            if found is not None:
                break
            if running not in tried:
                tried.add(running)
                found = self.first(replace(self.leaving, time_at=self.day_begins(date.fromordinal(day))))
        return found

    def _days_ahead(self) -> Iterable[int]:
        first = max(self.day.toordinal() + 1, self.engine.network.first_day)
        return range(first, first + AHEAD_DAYS)

    def _running(self, day: int) -> bytes | None:
        """What runs on a day, to be compared; None where no timetable holds."""
        active, column = self.engine.network.schedule.service_active, day - self.engine.network.first_day
        return active[:, column].tobytes() if 0 <= column < active.shape[1] else None

    @cached_property
    def before(self) -> Itinerary | None:
        """The last ride of the day before the time that is asked for, even where it has left."""
        # The day has 25 hours in which the clocks go back.
        begins = max(self.day_begins(self.day), self.leaving.time_at - timedelta(days=1))
        span_s = int((self.leaving.time_at - begins).total_seconds())
        if span_s <= 0:
            return None
        page = page_of(self.engine, replace(self.leaving, time_at=begins, window_s=span_s), begins)
        gone = [each for each in page.itineraries if each.vehicles and each.start_at < self.leaving.time_at]
        return max(gone, key=lambda each: each.start_at, default=None)

    def reason(self, code: ReasonCode, **facts: Any) -> Reason:
        """A reason, with times to be shown by the clocks of the region."""
        return Reason(code, self.engine.timezone, **facts)


def leaving_at(itinerary: Itinerary) -> dict[str, str]:
    """The parameters that find a ride by its time of leaving."""
    return {"time": itinerary.start_at.isoformat().replace("+00:00", "Z"), "arrive_by": "false"}
