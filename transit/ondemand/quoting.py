"""What rides can be had: the one that is wished, one earlier, one later, each as it would be promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core import signing

from transit.ondemand import request_log
from transit.ondemand.admission import Admitted, admit, order_until
from transit.ondemand.days import Book, Shelf, open_day, shelf
from transit.ondemand.fitting import Fit, fit
from transit.ondemand.quote import Quote, Reason, RideRefused, Wish
from transit.ondemand.roster import URGENT, Roster
from transit.ondemand.rosters import planned
from transit.ondemand.rules import Load, LoadKind, Promise
from transit.ondemand.streets import roads_of
from transit.records import decode, encode
from transit.routing.pooling import Call, Request

VALID: Final = timedelta(minutes=15)
"""So long a quote can be held, if it can be ordered so long."""
APART: Final = timedelta(minutes=15)
"""By so much at least choices differ."""
AROUND: Final = (timedelta(minutes=20), timedelta(minutes=35), timedelta(minutes=60))
"""An earlier or later ride is looked for so far from the wished one at most, then so far."""
WISH: Final = "wish"
"""The key of what is asked for among the rides of a board."""
_SALT: Final = "transit.ondemand.quote"
_WHEELCHAIR: Final = list(LoadKind).index(LoadKind.WHEELCHAIR)


def quote(wish: Wish, now: datetime) -> list[Quote]:
    """The choices by time, the wished one among them if it can be had.

    Raises RideRefused. Its `nearest` is when one could be met instead; for TOO_EARLY, from when on it can be ordered.
    """
    versions = shelf(wish.service)
    found = versions.book_at(wish.at)
    try:
        choices = _choices(versions, found, wish, now)
    except RideRefused as refused:
        request_log.note(found.rule_set, wish, refused.code, now)
        raise
    request_log.note(found.rule_set, wish, request_log.QUOTED, now)
    return choices


def _choices(versions: Shelf, found: Book, wish: Wish, now: datetime) -> list[Quote]:
    admitted = admit(found.rules, found.holidays, roads_of(found.rule_set), wish, now)
    yesterday = versions.book(admitted.day)
    if yesterday.rule_set.pk != found.rule_set.pk:
        # The service day has begun the day before, under the rules of then.
        found = yesterday
        admitted = admit(found.rules, found.holidays, roads_of(found.rule_set), wish, now)
    row = open_day(found, admitted.day)
    with planned(row.pk, now) as roster:
        return Asking(roster, wish, admitted, now).choices()


def read(token: str, now: datetime) -> Quote:
    """A quote that was given. Raises RideRefused: UNKNOWN, or CHANGED where it is too old."""
    try:
        value: Quote = decode(Quote, signing.Signer(salt=_SALT).unsign_object(token), "quote")
    except (signing.BadSignature, ValueError) as wrong:
        raise RideRefused(Reason.UNKNOWN) from wrong
    if value.expires_at < now:
        raise RideRefused(Reason.CHANGED)
    return replace(value, token=token)


def boarding_s(promise: Promise, load: Load) -> int:
    """How long the vehicle stops for somebody."""
    return promise.boarding_s + (promise.wheelchair_s if load[_WHEELCHAIR] else 0)


@dataclass(frozen=True, slots=True)
class Window:
    """When one may be met, and by when one must be there. `soon`: the sooner the better."""

    from_at: datetime
    until_at: datetime
    there_by: datetime
    soon: bool = True


class Asking:
    """One wish, asked of one day. The roster is the caller's, with its lock."""

    def __init__(self, roster: Roster, wish: Wish, admitted: Admitted, now: datetime) -> None:
        self.roster, self.wish, self.admitted, self.now = roster, wish, admitted, now
        self.promise = roster.rules.promise
        origin, destination = admitted.origin.spot, admitted.destination.spot
        self.start = roster.places.node(origin.lon, origin.lat)
        self.end = roster.places.node(destination.lon, destination.lat)
        self.zones = admitted.origin.zones, admitted.destination.zones
        self.boarding_s = boarding_s(self.promise, wish.load)
        self.direct_s = roster.drive_s(int(wish.at.timestamp()), self.start, self.end)
        self.limit_s = self.promise.ride_limit_s(self.direct_s)
        self.drive = timedelta(seconds=self.direct_s + self.boarding_s)

    def choices(self) -> list[Quote]:
        """At most three. Raises RideRefused."""
        wished = self.wished()
        base = wished.told_at if wished else self._base()
        earlier, later = next(self._had(self._earlier(base)), None), next(self._had(self._later(base)), None)
        found = [each for each in (earlier, wished, later) if each is not None]
        if not found:
            raise RideRefused(Reason.FULL, self._nearest(base))
        return found

    def wished(self) -> Quote | None:
        """The ride that is wished, if it can be had."""
        return next(self._had(self._wished()), None)

    def _had(self, windows: Iterator[Window]) -> Iterator[Quote]:
        """The rides that can be had in windows."""
        for window in windows:
            if window.from_at <= window.until_at and (had := self._fit(window)) is not None:
                yield self._quote(window, had)

    def _fit(self, window: Window) -> Fit | None:
        earliest_s, latest_s = int(window.from_at.timestamp()), int(window.until_at.timestamp())
        by_s = int(window.there_by.timestamp())
        due = (None, None) if window.soon else (latest_s, by_s)
        request = Request(
            WISH,
            Call(self.start, earliest_s, latest_s, self.boarding_s, due[0]),
            Call(self.end, earliest_s, by_s, self.boarding_s, due[1]),
            self.limit_s,
            (*self.wish.load, 1),
            URGENT if self.admitted.priority else 1.0,
        )
        return fit(self.roster, request, self.zones, priority=self.admitted.priority)

    @property
    def _first(self) -> datetime:
        """The first moment at which one can be met, on a whole minute."""
        return _whole(max(self.admitted.from_at, self.now))

    @property
    def _there_by(self) -> datetime:
        """When one must be there."""
        if not self.wish.arrive:
            return self.admitted.span.end_at
        early_s = self.promise.connection_s if self.wish.connects else 0
        by = self.wish.at - self.admitted.destination.walk - timedelta(seconds=early_s)
        return min(by, self.admitted.span.end_at)

    def _base(self) -> datetime:
        """When one would be met who is driven at once."""
        if self.wish.arrive:
            return self._there_by - self.drive
        return max(self._first, _whole(self.wish.at + self.admitted.origin.walk))

    def _wished(self) -> Iterator[Window]:
        wait = timedelta(seconds=self.promise.wait_s)
        if not self.wish.arrive:
            from_at = self._base()
            yield Window(from_at, min(from_at + wait, self.admitted.span.last_pickup_at), self._there_by)
            return
        until = min(self._there_by - self.drive, self.admitted.span.last_pickup_at)
        for share in (3, 2, 1):
            yield Window(_whole(max(self._first, until - wait / share)), until, self._there_by, soon=False)

    def _earlier(self, base: datetime) -> Iterator[Window]:
        for far in AROUND:
            yield Window(_whole(max(self._first, base - far)), base - APART, self._there_by, soon=False)

    def _later(self, base: datetime) -> Iterator[Window]:
        if self.wish.arrive:
            return
        for far in AROUND:
            until = min(base + APART + far, self.admitted.span.last_pickup_at)
            yield Window(_whole(base + APART), until, self._there_by)

    def _nearest(self, base: datetime) -> datetime | None:
        """When one could be met in the same span."""
        span = self.admitted.span
        after = Window(_whole(max(base, self._first)), span.last_pickup_at, span.end_at)
        before = Window(self._first, min(base, span.last_pickup_at), span.end_at, soon=False)
        found = [each.told_at for each in self._had(iter((after, before)))]
        return min(found, key=lambda each: abs(each - base), default=None)

    def _quote(self, window: Window, had: Fit) -> Quote:
        """What is promised: the pick-up as planned, on the minute before, is told; all else follows from it."""
        planned_s = had.option.pickup.planned_s
        told = datetime.fromtimestamp(planned_s - planned_s % 60, UTC)
        latest = told + timedelta(seconds=self.promise.window_s)
        last = min(self.admitted.span.last_pickup_at, window.there_by - self.drive)
        latest = max(min(latest, last), datetime.fromtimestamp(planned_s, UTC))
        arrive_by = min(latest + timedelta(seconds=self.boarding_s + self.limit_s), window.there_by)
        until = order_until(self.roster.rules, self.admitted.day, told)
        made = Quote(
            service=self.wish.service,
            day=self.admitted.day,
            rule_set=self.roster.number,
            pickup=self.admitted.origin.spot,
            drop_off=self.admitted.destination.spot,
            pickup_walk_s=self.admitted.origin.walk_s,
            drop_off_walk_s=self.admitted.destination.walk_s,
            earliest_at=told,
            latest_at=latest.astimezone(UTC),
            told_at=told,
            planned_drop_off_at=datetime.fromtimestamp(had.option.dropoff.planned_s, UTC),
            arrive_by=arrive_by.astimezone(UTC),
            ride_limit_s=self.limit_s,
            direct_s=self.direct_s,
            direct_m=self.roster.places.metres(self.start, self.end),
            order_until=until.astimezone(UTC),
            expires_at=min(self.now + VALID, until).astimezone(UTC),
            load=self.wish.load,
            group=self.wish.group,
            purpose=self.wish.purpose,
            busy=self.roster.busy(planned_s),
            token="",
        )
        return replace(made, token=signing.Signer(salt=_SALT).sign_object(encode(made), compress=True))


def _whole(at: datetime) -> datetime:
    """The next whole minute."""
    at = at.astimezone(UTC)
    return at + timedelta(seconds=-(at.second + at.microsecond / 1e6) % 60)
