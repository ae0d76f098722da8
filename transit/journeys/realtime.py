"""What operators say now, beside the timetable: alerts, and where vehicles are.

Read by each process from the last good messages, at most RECHECK_S behind them; parsed once for each message.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from transit.feeds.alerts import Alert, Informed, alerts_of, said_in
from transit.feeds.messages import Refused, read
from transit.feeds.realtime import DROPPED_AFTER, STALE_AFTER, Kind, LastMessage, last_messages
from transit.feeds.vehicles import VehiclePosition, vehicles_of
from transit.journeys.engine import Engine, NoNetwork, timetabled_engine
from transit.routing.itinerary import Leg
from transit.routing.query import Mode

RECHECK_S: Final = 5.0
AROUND: Final = timedelta(hours=2)
"""Alerts of a stop are shown where they hold within this time."""
MOST_SHOWN: Final = 10
SEVERITIES: Final = ("severe", "warning", "unknown_severity", "info")
"""The gravest first."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as somebody reads it, in one language. `is_stale`: it is perhaps outdated."""

    alert_id: str
    header: str
    description: str
    url: str
    cause: str
    effect: str
    severity: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class ShownVehicle:
    """Where a vehicle is. `is_stale`: it was there a while ago."""

    position: VehiclePosition
    is_stale: bool


class _Latest(Generic[T]):
    """The last good messages of a kind, and what they say."""

    def __init__(self, kind: Kind, parse: Callable[[bytes, str], T]) -> None:
        self._kind, self._parse = kind, parse
        self._lock = threading.Lock()
        self._checked_at = float("-inf")
        self._found: list[tuple[LastMessage, T]] = []

    def get(self, now: datetime) -> list[tuple[LastMessage, T]]:
        """What still counts."""
        if time.monotonic() - self._checked_at >= RECHECK_S and self._lock.acquire(blocking=False):
            try:
                self._refresh()
                self._checked_at = time.monotonic()
            finally:
                self._lock.release()
        return [each for each in self._found if not each[0].is_dropped(now)]

    def _refresh(self) -> None:
        known = {(last.path, last.sha256): said for last, said in self._found}
        found = []
        for last in last_messages(self._kind):
            said = known.get((last.path, last.sha256)) or self._read(last)
            if said is not None:
                found.append((last, said))
        self._found = found

    def _read(self, last: LastMessage) -> T | None:
        try:
            return self._parse(last.path.read_bytes(), last.feed)
        except (OSError, Refused):
            return None


Places = dict[str | Mode, list[tuple[Alert, Informed]]]
"""Alerts by what they name first, so that those of a leg are found without looking at all."""


def _alerts(content: bytes, feed: str) -> Places:
    found: Places = {}
    for alert in alerts_of(read(content), feed):
        for each in alert.informed:
            name = each.trip_id or each.stop_id or each.route_id or each.agency_id or each.mode
            if name:
                found.setdefault(name, []).append((alert, each))
    return found


def _vehicles(content: bytes, feed: str) -> list[VehiclePosition]:
    return vehicles_of(read(content), feed)


class Realtime:
    """What this process knows of what is said now."""

    def __init__(self) -> None:
        self.alerts: _Latest[Places] = _Latest(Kind.ALERTS, _alerts)
        self.vehicles: _Latest[list[VehiclePosition]] = _Latest(Kind.VEHICLE_POSITIONS, _vehicles)


_REALTIME = Realtime()


def alerts_of_leg(leg: Leg, language: str, now: datetime) -> tuple[ShownAlert, ...]:
    """The alerts of a ride: of its agency, line, kind of vehicle or trip, or of the stops where one gets on or off."""
    said = _REALTIME.alerts.get(now) if leg.service else []
    if not said or leg.service is None:
        return ()
    ends = _with_stations([leg.start.stop_id or "", leg.end.stop_id or ""])
    service, trips = leg.service, {leg.service.trip_id, leg.service.trip_id.rpartition("@")[0]}

    def concerns(each: Informed) -> bool:
        return (
            each.agency_id in ("", service.agency_id)
            and each.route_id in ("", service.route_id)
            and each.mode in (None, leg.mode)
            and (not each.trip_id or each.trip_id in trips)
            and each.start_date in ("", f"{service.service_date:%Y%m%d}")
            and (not each.stop_id or each.stop_id in ends)
        )

    names = (*trips, *ends, service.route_id, service.agency_id, leg.mode)
    return _shown(said, names, concerns, (leg.start_at, leg.end_at), language, now)


def alerts_of_stop(stop_id: str, language: str, at: datetime, now: datetime) -> tuple[ShownAlert, ...]:
    """The alerts of a stop or station, or of the stops that its choice means. Raises NoSuchStop."""
    said = _REALTIME.alerts.get(now)
    if not said:
        return ()
    engine = timetabled_engine()
    here = _with_stations([engine.network.stop_id(stop) for stop in engine.members(stop_id)])
    return _shown(said, here, lambda each: each.stop_id in here, (at, at + AROUND), language, now)


def vehicles_on(engine: Engine, trip_id: str, route_id: str, now: datetime) -> list[ShownVehicle]:
    """The vehicles of a trip, or of a route; of a run of a frequency those of the trip."""
    trips = {trip_id, trip_id.rpartition("@")[0]} - {""}
    return [
        ShownVehicle(each, now - each.seen_at > STALE_AFTER)
        for _, fleet in _REALTIME.vehicles.get(now)
        for each in fleet
        if now - each.seen_at <= DROPPED_AFTER
        and (not trips or each.trip_id in trips)
        and (not route_id or (each.route_id or _route(engine, each.trip_id)) == route_id)
    ]


def _route(engine: Engine, trip_id: str) -> str:
    """Many vehicles name only their trip."""
    network = engine.network
    trip = network.find_trip(trip_id) if trip_id else None
    return "" if trip is None else network.routes.ids.texts[int(network.trips.route[trip])]


def _with_stations(stop_ids: Iterable[str]) -> set[str]:
    """Stops, and the stations that they belong to; what was sold is shown while no network answers too."""
    found = set(stop_ids) - {""}
    try:
        network = timetabled_engine().network
    except NoNetwork:
        return found
    stops = [stop for stop_id in found if (stop := network.find_stop(stop_id)) is not None]
    parents = [int(network.stops.parent[stop]) for stop in stops]
    return found | {network.stop_id(parent) for parent in parents if parent >= 0}


def _shown(
    said: list[tuple[LastMessage, Places]],
    names: Iterable[str | Mode],
    concerns: Callable[[Informed], bool],
    span: tuple[datetime, datetime],
    language: str,
    now: datetime,
) -> tuple[ShownAlert, ...]:
    """Each alert once, the gravest first, at most MOST_SHOWN."""
    found: dict[str, ShownAlert] = {}
    for name in names:
        for last, places in said:
            for alert, informed in places.get(name, ()):
                if alert.alert_id not in found and concerns(informed) and alert.is_active(*span):
                    found[alert.alert_id] = _in_language(alert, language, last.is_stale(now))
    gravest = sorted(found.values(), key=lambda each: (SEVERITIES.index(each.severity), each.alert_id))
    return tuple(gravest[:MOST_SHOWN])


def _in_language(alert: Alert, language: str, is_stale: bool) -> ShownAlert:
    header, description = said_in(alert.header, language), said_in(alert.description, language)
    return ShownAlert(
        alert.alert_id,
        header or description,
        description if header else "",
        said_in(alert.url, language),
        alert.cause,
        alert.effect,
        alert.severity,
        is_stale,
    )
