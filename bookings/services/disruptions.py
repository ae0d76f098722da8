"""What operators say of their trips on the day, and what that means for orders."""

from __future__ import annotations

from datetime import datetime

from bookings.services import calling_off
from transit.register import trip_events


def follow(now: datetime) -> None:
    """Draw the consequences of what operators have said since."""
    for news in trip_events.list_new():
        if news.cancelled:
            calling_off.call_off_departure(news.departure_key, now)
        trip_events.note_followed(news, now)
