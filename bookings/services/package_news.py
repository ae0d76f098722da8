"""What providers hear of their packages, by TOMP's notifications, signed as Standard Webhooks has it.

They go to the webhooks that a provider has made for `tomp`, through the same outbox as every message.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bookings.models import Outbox, Reservation, Webhook

TOPIC = "tomp."
"""What the topics of notifications begin with; the rest is TOMP's notificationType."""


def queue(row: Reservation, kind: str, mark: str, now: datetime, leg: int | None = None, **said: Any) -> None:
    """Note in the caller's transaction what has to be told; once for each `mark` of a package.

    `leg` is the number of a ride, from 1; `said` are members of notificationInput.
    """
    assert row.offer is not None, "a provider's"
    code = row.offer.code
    context = {"package": code} | ({"leg": f"{code}.{leg}"} if leg is not None else {})
    inputs = {"notificationType": kind, "source": "TO", "destination": "MP", "context": context, **said}
    hearing = Webhook.objects.filter(owner__provider__code=row.provider, protocol="tomp", disabled_at=None)
    for webhook in hearing:
        Outbox.objects.get_or_create(
            key=f"{code}:{mark}:{webhook.code}",
            defaults={
                "topic": f"{TOPIC}{kind}",
                "payload": {"inputs": inputs},
                "webhook": webhook,
                "channel": "webhook",
                "created_at": now,
                "not_before": now,
            },
        )


def tell_delay(departure_key: str, delay: timedelta, now: datetime) -> None:
    """A departure is late, or on time again: everybody hears who has sold it."""
    sold = Reservation.objects.filter(state="CONFIRMED", offer__isnull=False, rides__departure_key=departure_key)
    for row in sold.select_related("offer").distinct():
        for number, ride in enumerate(row.rides.order_by("leg"), 1):
            if ride.departure_key == departure_key:
                left_s = max(0, int((ride.start_at + delay - now).total_seconds()))
                minutes = int(delay.total_seconds()) // 60
                mark = f"late:{number}:{minutes}"
                queue(row, "ETA", mark, now, number, assetInfo={"duration": left_s}, message=f"{minutes} min late")
