"""The one place that takes countable seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from bookings.models import Capacity


class SoldOut(Exception):
    """A departure has fewer free seats than asked for; nothing was taken. `args[0]` is the capacity's key."""


def get_capacity(operator_code: str, key: str, cap: int) -> Capacity:
    """The counter of one departure, with `cap` seats from now on; never fewer than are taken already."""
    row, _ = Capacity.objects.get_or_create(operator_code=operator_code, key=key, defaults={"cap": cap})
    if row.cap != cap:
        Capacity.objects.filter(pk=row.pk).update(cap=Greatest(Value(cap), F("taken")))
    return row


def lock(ids: Iterable[int]) -> None:
    """Before seats of some departures are freed and of others taken: all of them, in the order of everybody."""
    list(Capacity.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk"))


def take(seats: Mapping[int, int]) -> None:
    """Take seats of several departures (capacity id → seats), all or none. Raises SoldOut.

    One conditional update each, ids ascending, so that two buyers never wait for each other in a circle.
    """
    with transaction.atomic():
        for pk, count in sorted(seats.items()):
            room = Capacity.objects.filter(pk=pk, taken__lte=F("cap") - count)
            if not room.update(taken=F("taken") + count):
                raise SoldOut(Capacity.objects.values_list("key", flat=True).get(pk=pk))


def give_back(seats: Mapping[int, int]) -> None:
    """Free seats that were taken (capacity id → seats)."""
    for pk, count in sorted(seats.items()):
        Capacity.objects.filter(pk=pk).update(taken=F("taken") - count)
