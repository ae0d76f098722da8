"""What operators say of their trips on the day: delays and cancellations, for those who sell rides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from transit.models import Operator, TripEvent

MOST_AT_ONCE: Final = 100


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
