"""A GTFS-Realtime message of a feed at a moment, from its timetable and what happens to its trips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from google.transit.gtfs_realtime_pb2 import Alert, FeedMessage, TripDescriptor, TripUpdate, VehiclePosition

from maas.sandbox.realtime.control import Control, Fate
from maas.sandbox.tomp import Timetable
from maas.sandbox.tomp.timetable import Trip

BEFORE_S = 45 * 60
"""Of trips that leave within so many seconds it is said how they will run."""
SEATS = (
    VehiclePosition.EMPTY,
    VehiclePosition.MANY_SEATS_AVAILABLE,
    VehiclePosition.FEW_SEATS_AVAILABLE,
    VehiclePosition.STANDING_ROOM_ONLY,
)
ROADWORKS = {
    "en": ("Roadworks on line {line}", "Vehicles go slowly past the roadworks. Please allow a few minutes more."),
    "fi": ("Linjan {line} reitillä tietyö", "Työmaan kohdalla ajetaan hitaasti. Varaa muutama minuutti lisää aikaa."),
    "ja": ("{line}系統：道路工事", "工事区間では徐行運転を行います。時間に余裕をもってお出かけください。"),
}


@dataclass(frozen=True, slots=True)
class Running:
    """A trip that runs about now. Times are Unix seconds by stop, delays included."""

    trip: Trip
    day: date
    fate: Fate
    arrivals_at: tuple[int, ...]
    departures_at: tuple[int, ...]


def message(feed: str, timetable: Timetable, control: Control, now: datetime) -> FeedMessage:
    """All that the operators of a feed say now."""
    made = FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.timestamp = moment = int(now.timestamp()) - control.age_s
    for each in _running(feed, timetable, control, now):
        _tell(made.entity.add(id=f"trip-{each.trip.id}-{each.day}").trip_update, each, moment)
        if not each.fate.cancelled and each.departures_at[0] <= moment <= each.arrivals_at[-1]:
            _place(made.entity.add(id=f"vehicle-{each.trip.id}-{each.day}").vehicle, each, timetable, moment)
    if not control.calm:
        _roadworks(made.entity.add(id="roadworks").alert, timetable)
    for number, said in enumerate(control.alerts.get(feed, [])):
        _alert(made.entity.add(id=f"alert-{number}").alert, said)
    return made


def _running(feed: str, timetable: Timetable, control: Control, now: datetime) -> Iterator[Running]:
    moment, today = int(now.timestamp()), now.astimezone(timetable.zone).date()
    for day in (today - timedelta(1), today):
        noon = datetime.combine(day, time(12), timetable.zone).astimezone(UTC)
        start_at = int(noon.timestamp()) - 43_200
        for trip in timetable.trips.values():
            if day not in timetable.services.get(trip.service, ()):
                continue
            if start_at + trip.departures[0] > moment + BEFORE_S or start_at + trip.arrivals[-1] < moment - 3600:
                continue
            fate = control.fate(feed, trip.id, day, trip.stops)
            late = [_late(fate, n, len(trip.stops)) for n in range(len(trip.stops))]
            arrivals = tuple(start_at + at + by for at, by in zip(trip.arrivals, late, strict=True))
            if arrivals[-1] >= moment - 120:
                departures = tuple(start_at + at + by for at, by in zip(trip.departures, late, strict=True))
                yield Running(trip, day, fate, arrivals, departures)


def _late(fate: Fate, stop: int, stops: int) -> int:
    return fate.delay_s if fate.steady else int(fate.delay_s * min(1.0, 2 * stop / (stops - 1))) // 10 * 10


def _describe(said: TripDescriptor, each: Running) -> None:
    said.trip_id, said.route_id = each.trip.id, each.trip.route["route_id"]
    said.start_date = f"{each.day:%Y%m%d}"


def _tell(said: TripUpdate, each: Running, moment: int) -> None:
    """Of stops that were left a while ago nothing is said any more, as at most operators."""
    _describe(said.trip, each)
    said.timestamp = moment
    if each.fate.cancelled:
        said.trip.schedule_relationship = TripDescriptor.CANCELED
        return
    for n, stop in enumerate(each.trip.stops):
        if each.departures_at[n] < moment - 60 and n < len(each.trip.stops) - 1:
            continue
        call = said.stop_time_update.add(stop_sequence=each.trip.sequences[n], stop_id=stop)
        if stop == each.fate.skipped:
            call.schedule_relationship = TripUpdate.StopTimeUpdate.SKIPPED
            continue
        call.arrival.time, call.departure.time = each.arrivals_at[n], each.departures_at[n]


def _place(said: VehiclePosition, each: Running, timetable: Timetable, moment: int) -> None:
    """On the straight line between two stops."""
    _describe(said.trip, each)
    after = next(n for n, at in enumerate(each.arrivals_at) if at >= moment)
    before = max(after - 1, 0)
    span = each.arrivals_at[after] - each.departures_at[before]
    part = min(max((moment - each.departures_at[before]) / span, 0.0), 1.0) if span > 0 else 1.0
    start, end = (timetable.places[each.trip.stops[n]] for n in (before, after))
    said.position.latitude = start.lat + (end.lat - start.lat) * part
    said.position.longitude = start.lon + (end.lon - start.lon) * part
    said.current_stop_sequence, said.stop_id = each.trip.sequences[after], each.trip.stops[after]
    said.current_status = VehiclePosition.STOPPED_AT if part in (0.0, 1.0) else VehiclePosition.IN_TRANSIT_TO
    said.occupancy_status = SEATS[sum(each.trip.id.encode()) % len(SEATS)]
    said.vehicle.id = said.vehicle.label = f"{sum(each.trip.id.encode()) % 900 + 100}"
    said.timestamp = moment


def _roadworks(said: Alert, timetable: Timetable) -> None:
    """On the line with the most trips."""
    lines = Counter(trip.route["route_id"] for trip in timetable.trips.values())
    route = max(lines, key=lambda each: (lines[each], each), default="")
    name = next((t.route["route_short_name"] for t in timetable.trips.values() if t.route["route_id"] == route), "")
    said.informed_entity.add(route_id=route)
    said.cause, said.effect, said.severity_level = Alert.CONSTRUCTION, Alert.SIGNIFICANT_DELAYS, Alert.INFO
    for language, (header, text) in ROADWORKS.items():
        said.header_text.translation.add(text=header.format(line=name), language=language)
        said.description_text.translation.add(text=text, language=language)


def _alert(said: Alert, wanted: dict[str, object]) -> None:
    """As it was steered: `header` by language, `informed` as fields of an EntitySelector, `effect`, `from`, `until`."""
    said.effect = getattr(Alert, str(wanted.get("effect", "OTHER_EFFECT")))
    said.severity_level = getattr(Alert, str(wanted.get("severity", "WARNING")))
    for name, field in (("header", said.header_text), ("description", said.description_text), ("url", said.url)):
        for language, text in dict(wanted.get(name, {})).items():  # type: ignore[call-overload]
            field.translation.add(text=text, language=language)
    for selector in list(wanted.get("informed", [])):  # type: ignore[call-overload]
        said.informed_entity.add(**selector)
    if "from" in wanted or "until" in wanted:
        said.active_period.add(start=int(str(wanted.get("from", 0))), end=int(str(wanted.get("until", 0))))
