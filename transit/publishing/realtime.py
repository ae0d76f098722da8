"""What an operator says of today in our pages → GTFS-Realtime (https://gtfs.org/documentation/realtime/reference/).

The message goes the way of everybody's: it is checked, kept, and laid over the timetable.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from google.transit.gtfs_realtime_pb2 import FeedEntity, FeedHeader, FeedMessage, TripDescriptor

from transit.models import HostedAlert, HostedDeparture, Interface, Operator, TripEvent
from transit.publishing.timetables import language_of
from transit.register import realtime

LOOKS_BACK: Final = timedelta(days=2)
"""No trip that is still under way began earlier."""


def publish(operator: Operator, now: datetime, url: str) -> bool:
    """Keep what is said now as the last message of the operator's interface, at `url`; whether it is something new.

    Nothing is published of an operator that has no timetable here.
    """
    timetable = Interface.objects.filter(operator=operator, name=operator.code, format=Interface.Format.GTFS).first()
    if timetable is None:
        return False
    interface, _ = Interface.objects.update_or_create(
        name=f"{operator.code}-now",
        operator=operator,
        defaults={
            "format": Interface.Format.GTFS_RT, "url": url, "of": timetable, "version": "2.0",
            "contents": ["realtime-interface", "disruptions"], "licence": timetable.licence, "authentication": "none",
        },
    )  # fmt: skip
    return realtime.take(interface, message_of(operator, now).SerializeToString(deterministic=True), now)


def message_of(operator: Operator, now: datetime) -> FeedMessage:
    """Delays and cancellations of the last days and those ahead, and the alerts that hold."""
    header = FeedHeader(
        gtfs_realtime_version="2.0", incrementality=FeedHeader.FULL_DATASET, timestamp=int(now.timestamp())
    )
    return FeedMessage(header=header, entity=[*_updates(operator, now), *_alerts(operator, now)])


def _updates(operator: Operator, now: datetime) -> Iterator[FeedEntity]:
    since = (now - LOOKS_BACK).date()
    rows = TripEvent.objects.filter(operator=operator, service_date__gte=since, trip_id__startswith=f"{operator.code}:")
    latest = {(row.trip_id, row.service_date): row for row in rows.order_by("pk")}
    codes = {trip_id.partition(":")[2] for trip_id, _day in latest}
    departures = HostedDeparture.objects.filter(code__in=codes, pattern__line__service__operator=operator)
    times = {each.code: each.times for each in departures}
    for (trip_id, day), row in sorted(latest.items()):
        code = trip_id.partition(":")[2]
        if code in times and (row.cancelled or row.delay_s):
            yield _update(f"{code}@{day}", code, row, times[code])


def _update(key: str, code: str, row: TripEvent, times: list[int | None]) -> FeedEntity:
    entity = FeedEntity(id=key)
    update = entity.trip_update
    update.trip.trip_id, update.trip.start_date = code, row.service_date.strftime("%Y%m%d")
    update.timestamp = int(row.noted_at.timestamp())
    if row.cancelled:
        update.trip.schedule_relationship = TripDescriptor.CANCELED
        return entity
    first = update.stop_time_update.add()
    first.stop_sequence = next(number for number, at in enumerate(times) if at is not None)
    first.arrival.delay = first.departure.delay = row.delay_s
    return entity


def _alerts(operator: Operator, now: datetime) -> Iterator[FeedEntity]:
    for row in HostedAlert.objects.filter(operator=operator, until_at__gt=now).select_related("line").order_by("pk"):
        entity = FeedEntity(id=f"alert-{row.pk}")
        entity.alert.active_period.add(start=int(row.from_at.timestamp()), end=int(row.until_at.timestamp()))
        entity.alert.header_text.translation.add(text=row.text, language=language_of(operator))
        if row.line is None:
            for service in operator.services.filter(hosted_lines__isnull=False).distinct():
                entity.alert.informed_entity.add(agency_id=service.agency_id.partition(":")[2])
        else:
            entity.alert.informed_entity.add(route_id=row.line.code)
        yield entity
