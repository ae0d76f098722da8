"""What a runner keeps of an order between two transactions is what is in the database, or is read anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Model

from bookings.models import Order
from bookings.services import charging
from bookings.services.dossier import Dossier
from tests.bookings import schedules
from tests.bookings.schedules import STORIES, Schedule
from tests.bookings.world import World

NewWorld = Callable[..., World]


def _values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _rows(dossier: Dossier) -> list[dict[str, Any]]:
    kept = dossier._payments or []
    return [_values(row) for row in (dossier.order, *dossier.bookings, *dossier.effects, *kept)]


def _read_anew(dossier: Dossier) -> Dossier:
    fresh = Dossier.of(Order.objects.get(pk=dossier.order.pk))
    assert dossier._payments is None or len(fresh.payments) == len(dossier.payments)
    return fresh


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["three sold", "not confirmed", "given back", "moved on, given back", "by use"])
def test_what_is_kept_is_what_is_written(new_world: NewWorld, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, lock_again = 0, Dossier.lock_again

    def compared(dossier: Dossier) -> Dossier:
        nonlocal kept
        if (found := lock_again(dossier)) is dossier:
            kept += 1
            assert _rows(dossier) == _rows(_read_anew(dossier))
        return found

    monkeypatch.setattr(Dossier, "lock_again", compared)
    assert schedules.tell(new_world, Schedule(name)).order.state == STORIES[name].ends
    assert kept >= 4


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_what_others_have_changed_is_read_anew(new_world: NewWorld) -> None:
    world = new_world()
    with transaction.atomic():
        dossier = Dossier.lock(world.order.pk)
    with transaction.atomic():
        assert dossier.lock_again() is dossier
        Order.objects.filter(pk=world.order.pk).update(version=F("version") + 1)
    with transaction.atomic():
        assert dossier.lock_again() is not dossier


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_payer_who_is_back_is_noticed(new_world: NewWorld) -> None:
    """The effect that waits for the payer is due now, whatever a process has kept of it."""
    world = new_world(pays="")
    world.run(until=lambda order: order.state == "NEEDS_ACTION")
    with transaction.atomic():
        dossier = Dossier.lock(world.order.pk)
    assert charging.look_again(world.order, world.now)
    with transaction.atomic():
        assert [effect.not_before for effect in dossier.lock_again().list_effects("PENDING")] == [world.now]
    assert not charging.look_again(world.order, world.now), "a second message a moment later finds it due already"
