"""Places that somebody often goes to, under a word of their own: home, the clinic."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from bookings.models import FavouritePlace
from bookings.services import customers
from transit.routing.query import Location

MOST: Final = 12


def list_for(user_id: int) -> list[FavouritePlace]:
    """A person's places."""
    return list(FavouritePlace.objects.filter(owner_id=user_id))


def keep(user_id: int, label: str, place: Location, by: Any, now: datetime) -> bool:
    """Keep a place under a word, which means it alone from now on; whether there was room."""
    with transaction.atomic():
        same = [each for each in list_for(user_id) if each.said["label"].casefold() == label.casefold()]
        if len(list_for(user_id)) - len(same) >= MOST:
            return False
        for each in same:
            each.delete()
        said = {"label": label, "name": place.name, "lat": place.lat, "lon": place.lon, "stop_id": place.stop_id}
        FavouritePlace.objects.create(owner_id=user_id, said=said, created_at=now)
        customers.note(user_id, "favourite", by.pk, now)
    return True


def drop(user_id: int, pk: int) -> None:
    """Forget a place; another's stays."""
    FavouritePlace.objects.filter(owner_id=user_id, pk=pk).delete()
