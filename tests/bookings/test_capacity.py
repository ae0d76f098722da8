"""Seats are taken once: all of several departures or none, and the last one by one buyer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from bookings import capacity
from bookings.models import Capacity

pytestmark = [pytest.mark.db]


@pytest.mark.django_db
def test_seats_of_several_departures_are_taken_all_or_none() -> None:
    roomy, full = capacity.get_capacity("op", "f:1@2026-11-23", 10), capacity.get_capacity("op", "f:2@2026-11-23", 1)
    with pytest.raises(capacity.SoldOut, match="f:2@2026-11-23"):
        capacity.take({roomy.pk: 2, full.pk: 2})
    assert list(Capacity.objects.order_by("pk").values_list("taken", flat=True)) == [0, 0]
    capacity.take({full.pk: 1, roomy.pk: 10})
    capacity.give_back({roomy.pk: 4})
    assert list(Capacity.objects.order_by("pk").values_list("taken", flat=True)) == [6, 1]


@pytest.mark.django_db
def test_another_vehicle_has_other_seats() -> None:
    seats = capacity.get_capacity("op", "f:1@2026-11-23", 20)
    capacity.take({seats.pk: 9})
    for cap, kept in ((8, 9), (30, 30)):
        capacity.get_capacity("op", "f:1@2026-11-23", cap)
        seats.refresh_from_db()
        assert (seats.cap, seats.taken) == (kept, 9)


@pytest.mark.django_db
def test_the_database_refuses_more_than_there_is() -> None:
    seats = capacity.get_capacity("op", "f:1@2026-11-23", 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Capacity.objects.filter(pk=seats.pk).update(taken=4)


def _buy(start: threading.Barrier, buy: Callable[[], None]) -> bool:
    try:
        start.wait()
        buy()
    except capacity.SoldOut:
        return False
    else:
        return True
    finally:
        connection.close()


def _rush(buyers: int, buy: Callable[[], None]) -> int:
    start = threading.Barrier(buyers)
    with ThreadPoolExecutor(buyers) as pool:
        return sum(pool.map(lambda _: _buy(start, buy), range(buyers)))


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_sold_once_among_parallel_buyers() -> None:
    seats = capacity.get_capacity("op", "f:1@2026-11-23", 1)
    assert _rush(40, lambda: capacity.take({seats.pk: 1})) == 1
    seats.refresh_from_db()
    assert seats.taken == 1


@pytest.mark.django_db(transaction=True)
def test_buyers_of_two_departures_never_wait_in_a_circle() -> None:
    first, second = capacity.get_capacity("op", "f:1@2026-11-23", 30), capacity.get_capacity("op", "f:2@2026-11-23", 20)
    orders = [{first.pk: 1, second.pk: 1}, {second.pk: 1, first.pk: 1}] * 20
    assert _rush(40, lambda: capacity.take(orders.pop())) == 20


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_without_the_condition() -> None:
    """Guard: buyers who look first and take afterwards do oversell, so the rush above can fail."""
    seats = capacity.get_capacity("op", "f:1@2026-11-23", 1)
    looked = threading.Barrier(8)

    def naive() -> None:
        free = Capacity.objects.get(pk=seats.pk)
        looked.wait()
        if free.taken >= free.cap:
            raise capacity.SoldOut

    assert _rush(8, naive) > 1
