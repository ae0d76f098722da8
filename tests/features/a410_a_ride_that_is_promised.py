"""A ride is asked for, held, confirmed, driven; what is promised is kept."""

import pytest
from django.db import DatabaseError

from tests.features.shuttle import Shuttle, clock_of
from transit.models import RideRequest
from transit.ondemand import rides, shifts
from transit.ondemand.quote import RideRefused

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

HOME, SHOP, CLINIC = (60.100, 24.900), (60.110, 24.920), (60.130, 24.960)


def test_from_wish_to_door() -> None:
    shuttle = Shuttle()
    earlier, wished, later = shuttle.asks(HOME, SHOP, "10:00")
    assert [clock_of(each.told_at) for each in (earlier, wished, later)] == ["09:40", "10:00", "10:15"]
    assert (wished.latest_at - wished.told_at).total_seconds() == 900
    held = shuttle.holds("Aino", wished)
    assert (held.state, held.vehicle, clock_of(held.told_at)) == ("HELD", "v1", "10:00")
    assert shuttle.holds("Aino", wished) == held, "once for each reference"
    reference = shuttle.references["Aino"]
    assert rides.confirm(reference, shuttle.now).state == "CONFIRMED"
    assert shuttle.manifest("v1") == ["10:00 pickup Aino", "10:05 drop_off Aino"]
    shuttle.books("Veikko", HOME, CLINIC, "10:05")
    assert [line[6:] for line in shuttle.manifest("v1")] == [
        "pickup Aino Veikko", "drop_off Aino", "drop_off Veikko",
    ]  # fmt: skip
    shuttle.goes_to("09:50")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("10:00")
    shifts.arrive(reference, shuttle.now)
    shuttle.goes_to("10:02")
    assert shifts.board(reference, shuttle.now).state == "BOARDED"
    shifts.board(shuttle.references["Veikko"], shuttle.now)
    shuttle.goes_to("10:07")
    assert shifts.finish(reference, shuttle.now).state == "DONE"
    assert shuttle.told("Aino") == ["HELD", "CONFIRMED", "10:00 v1", "BOARDED", "DONE"]
    shuttle.goes_to("10:15")
    shifts.finish(shuttle.references["Veikko"], shuttle.now)
    assert [each.new for each in rides.changes_since(0)][-1] == "DONE"


def test_given_up() -> None:
    shuttle = Shuttle()
    shuttle.books("Aino", HOME, SHOP, "10:00")
    _, wished, _ = shuttle.asks(HOME, SHOP, "11:00")
    shuttle.holds("Veikko", wished)
    assert len(shuttle.manifest("v1")) == 4
    rides.cancel(shuttle.references["Aino"], shuttle.now)
    assert shuttle.ride("Aino").state == "CANCELLED"
    shuttle.goes_to("09:30")
    assert rides.expire(shuttle.now) == 1
    assert shuttle.ride("Veikko").state == "EXPIRED"
    assert shuttle.manifest("v1") == []


def test_too_late_to_confirm() -> None:
    """Before anybody has looked at the hold, whose time is over."""
    shuttle = Shuttle()
    _, wished, _ = shuttle.asks(HOME, SHOP, "11:00")
    until = shuttle.holds("Aino", wished).expires_at
    assert until is not None
    with pytest.raises(RideRefused, match="changed"):
        rides.extend(shuttle.references["Aino"], shuttle.at("10:00"), until)
    with pytest.raises(RideRefused, match="changed"):
        rides.confirm(shuttle.references["Aino"], until)
    assert shuttle.ride("Aino").state == "HELD"


def test_an_answer_that_cannot_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: RideRequest, **said: bool) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(RideRequest, "save", full)
    assert len(Shuttle().asks(HOME, SHOP, "10:00")) == 3
