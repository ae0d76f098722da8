"""The same request twice does one thing and gets one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import IdempotencyRecord
from bookings.services import idempotency
from bookings.services.idempotency import InFlight, KeyReused, Replay
from tests.factories import NOW

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def _begin(principal: str = "user:1", sha: str = "a" * 64, after_s: int = 0) -> IdempotencyRecord | Replay:
    return idempotency.begin(principal, "key", sha, NOW + timedelta(seconds=after_s))


def test_the_first_answer_is_given_again() -> None:
    record = _begin()
    assert isinstance(record, IdempotencyRecord)
    idempotency.finish(record, 201, {"code": "x"})
    assert _begin(after_s=3600) == Replay(201, {"code": "x"})


def test_another_request_under_the_same_key_is_an_error() -> None:
    _begin()
    with pytest.raises(KeyReused):
        _begin(sha="b" * 64)


def test_keys_of_others_are_others() -> None:
    _begin()
    assert isinstance(_begin("user:2", "b" * 64), IdempotencyRecord)


def test_a_running_request_is_waited_for_until_it_has_died() -> None:
    _begin()
    with pytest.raises(InFlight):
        _begin(after_s=89)
    assert isinstance(_begin(after_s=91), IdempotencyRecord)


def test_a_failed_request_frees_its_key_and_old_answers_are_forgotten() -> None:
    record = _begin()
    assert isinstance(record, IdempotencyRecord)
    idempotency.give_up(record)
    assert isinstance(_begin(sha="b" * 64), IdempotencyRecord)
    idempotency.forget_old(NOW + timedelta(hours=72, seconds=1))
    assert not IdempotencyRecord.objects.exists()
