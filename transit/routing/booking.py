"""When a ride on demand can be ordered: GTFS-Flex, booking_rules.txt.

Days are counted back from the service day of the ride; times of a day are seconds after noon − 12 h of that day in the
time zone of the agency (GTFS, "Time"), so that nights in which clocks change are right. All instants are Unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from transit.routing.timetable import U8
from transit.routing.window import service_day_start


class Booking(IntEnum):
    """`booking_type`."""

    REAL_TIME = 0
    SAME_DAY = 1
    EARLIER_DAYS = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of booking_rules.txt. What is None is not said.

    `service` is the row of the calendar by whose days `last_day` and `start_day` are counted; None: all days.
    """

    rule_id: str
    kind: Booking
    notice_min_s: int | None = None
    notice_max_s: int | None = None
    last_day: int | None = None
    last_time_s: int | None = None
    start_day: int | None = None
    start_time_s: int | None = None
    service: int | None = None
    message: str = ""
    pickup_message: str = ""
    drop_off_message: str = ""
    phone: str = ""
    info_url: str = ""
    booking_url: str = ""


@dataclass(frozen=True)
class Days:
    """Services × days: 1 where a service runs, from the ordinal `first_day` on."""

    active: U8
    first_day: int

    def runs(self, service: int, day: int) -> bool:
        """Whether a service runs on a day."""
        column = day - self.first_day
        return 0 <= column < self.active.shape[1] and bool(self.active[service, column])

    def before(self, service: int | None, day: int, count: int) -> int | None:
        """The day that lies so many days of a service before a day; None where the calendar has not so many."""
        if service is None or count == 0:
            return day - count
        while count and day > self.first_day:
            day -= 1
            count -= self.runs(service, day)
        return None if count else day


def order_until(rule: Rule, pickup_at: int, day: int, timezone: str, days: Days) -> int | None:
    """The last second at which a ride of a service day can be ordered; None where only the pick-up itself ends it.

    Where the calendar does not reach back far enough, nobody can tell, and the ride counts as no longer to be ordered.
    """
    if rule.kind == Booking.SAME_DAY:
        return pickup_at - (rule.notice_min_s or 0)
    if rule.kind == Booking.EARLIER_DAYS and rule.last_day is not None:
        last = days.before(rule.service, day, rule.last_day)
        return LONG_AGO if last is None else service_day_start(last, timezone) + (rule.last_time_s or 0)
    return None


def order_from(rule: Rule, pickup_at: int, day: int, timezone: str, days: Days) -> int | None:
    """The first second at which a ride can be ordered; None where any time will do."""
    if rule.start_day is not None and rule.kind != Booking.REAL_TIME:
        start = days.before(rule.service, day, rule.start_day)
        return None if start is None else service_day_start(start, timezone) + (rule.start_time_s or 0)
    if rule.kind == Booking.SAME_DAY and rule.notice_max_s is not None:
        return pickup_at - rule.notice_max_s
    return None


LONG_AGO = -(1 << 40)


def earliest_pickup(rule: Rule, now_at: int, day: int, timezone: str, days: Days) -> int | None:
    """The first second of a service day for which a ride can still be ordered now; None: for none of them."""
    if rule.kind == Booking.SAME_DAY:
        return now_at + (rule.notice_min_s or 0)
    until = order_until(rule, 0, day, timezone, days)
    return None if until is not None and until < now_at else now_at
