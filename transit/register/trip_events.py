"""What operators say of their trips on the day: delays and cancellations, for those who sell rides.

Of what interfaces say by themselves (GTFS-Realtime, thousands of trips a minute) rows are written for those departures
alone that somebody names: who sells rides asks for what it has sold, and finds news as if a person had written them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from google.transit.gtfs_realtime_pb2 import TripUpdate

from transit.feeds.messages import Refused, read
from transit.feeds.realtime import Kind, LastMessage, last_messages
from transit.models import Operator, Service, TripEvent
from transit.network.current import NoNetwork, current_network
from transit.network.punctuality import Punctuality, find_punctuality
from transit.network.store import Network

Updates = dict[str, list[TripUpdate]]
"""By `feed:trip`."""
MOST_AT_ONCE: Final = 100
MATERIAL: Final = timedelta(minutes=2)
"""A delay that differs by less from what was said before is no news."""


class ForeignTrip(LookupError):
    """The operator runs no such trip."""


@dataclass(frozen=True, slots=True)
class TripNews:
    """A trip (`feed:trip`) of one day that is late by `delay`, or does not run."""

    event_id: int
    trip_id: str
    service_date: date
    cancelled: bool
    delay: timedelta

    @property
    def departure_key(self) -> str:
        """`feed:trip@YYYY-MM-DD`, as bookings name departures."""
        return f"{self.trip_id}@{self.service_date.isoformat()}"


def note(
    operator_code: str, trip_id: str, service_date: date, *, cancelled: bool, delay: timedelta, now: datetime
) -> TripNews:
    """Keep what an operator says of one of its trips. Raises ForeignTrip for a feed in which it runs nothing."""
    operator = Operator.objects.filter(code=operator_code).first()
    feed = trip_id.partition(":")[0]
    if operator is None or not operator.services.filter(agency_id__startswith=f"{feed}:").exists():
        raise ForeignTrip(trip_id)
    return _news(
        TripEvent.objects.create(
            operator=operator,
            trip_id=trip_id,
            service_date=service_date,
            cancelled=cancelled,
            delay_s=int(delay.total_seconds()),
            noted_at=now,
        )
    )


def note_realtime(departure_keys: Iterable[str], now: datetime) -> None:
    """Keep what interfaces say of these departures, where it changes something for those who ride.

    What was said longer ago than STALE_AFTER is not taken. A cancellation stands, be it a person's or an interface's:
    what was sold for it has been called off.
    """
    messages = [last for last in last_messages(Kind.TRIP_UPDATES) if not last.is_stale(now)]
    keys = set(departure_keys) if messages else set()
    if not keys:
        return
    try:
        network = current_network()
    except NoNetwork:
        return
    latest, newest = find_latest(keys), {}
    for last in sorted(messages, key=lambda last: last.header_at):
        updates = _updates(last)
        for trip_id in _trips(keys) & updates.keys():
            for update in updates[trip_id]:
                said = find_punctuality(network, update, last.feed, int(last.header_at.timestamp()))
                if said is not None:
                    newest[_key(network, said)] = said
    for key in sorted(keys & newest.keys()):
        _note_if_news(network, newest[key], latest.get(key), now)


def list_new() -> list[TripNews]:
    """What nobody has drawn consequences from yet, the oldest first."""
    return [_news(row) for row in TripEvent.objects.filter(followed_at=None).order_by("pk")[:MOST_AT_ONCE]]


def note_followed(news: TripNews, now: datetime) -> None:
    """The consequences are drawn."""
    TripEvent.objects.filter(pk=news.event_id, followed_at=None).update(followed_at=now)


def find_latest(departure_keys: Iterable[str]) -> dict[str, TripNews]:
    """The last word on each departure that there is one on."""
    wanted = {key.rpartition("@")[::2] for key in departure_keys}
    trips, days = {trip for trip, _ in wanted}, {day for _, day in wanted}
    rows = TripEvent.objects.filter(trip_id__in=trips, service_date__in=days).order_by("pk")
    return {news.departure_key: news for news in map(_news, rows)}


def _news(row: TripEvent) -> TripNews:
    return TripNews(row.pk, row.trip_id, row.service_date, row.cancelled, timedelta(seconds=row.delay_s))


_READ: dict[Path, tuple[str, Updates]] = {}
"""What each file said when it was last read, and the hash of the message that it held."""


def _updates(last: LastMessage) -> Updates:
    """The trip updates of a message; read once for each message."""
    if _READ.get(last.path, ("", {}))[0] != last.sha256:
        _READ[last.path] = last.sha256, _read(last)
    return _READ[last.path][1]


def _read(last: LastMessage) -> Updates:
    try:
        message = read(last.path.read_bytes())
    except (OSError, Refused):
        return {}
    found: Updates = {}
    for entity in message.entity:
        if entity.HasField("trip_update"):
            found.setdefault(f"{last.feed}:{entity.trip_update.trip.trip_id}", []).append(entity.trip_update)
    return found


def _trips(departure_keys: Iterable[str]) -> set[str]:
    """The trips of departures, and of those that are runs of a frequency (`feed:trip@HH:MM:SS`) the trip itself."""
    trips = {key.rpartition("@")[0] for key in departure_keys}
    return trips | {trip.rpartition("@")[0] for trip in trips}


def _key(network: Network, said: Punctuality) -> str:
    return f"{network.trip_id(said.trip)}@{date.fromordinal(said.day).isoformat()}"


def _note_if_news(network: Network, said: Punctuality, before: TripNews | None, now: datetime) -> None:
    delay_s = said.delay_at(int(now.timestamp()))
    if (before is not None and before.cancelled) or (delay_s is None and not said.cancelled):
        return
    delay = timedelta(seconds=delay_s or 0)
    if not said.cancelled and abs(delay - (before.delay if before else timedelta())) < MATERIAL:
        return
    route = int(network.trips.route[said.trip])
    agency_id = network.agencies.ids.texts[int(network.routes.agency[route])]
    operator_id = Service.objects.filter(agency_id=agency_id).values_list("operator_id", flat=True).first()
    if operator_id is not None:
        TripEvent.objects.create(
            operator_id=operator_id,
            trip_id=network.trip_id(said.trip),
            service_date=date.fromordinal(said.day),
            cancelled=said.cancelled,
            delay_s=int(delay.total_seconds()),
            noted_at=now,
        )
