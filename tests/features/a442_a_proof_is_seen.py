"""Somebody shows a proof at the counter: noted as yes, until when, and by whom; it ends, is renewed or withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from bookings.models import Concession, Customer
from bookings.services import concessions
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.shuttle import Shuttle
from tests.features.switchboard import keep, opened, text_of, town
from tests.transit.ondemand.valley import RULES
from transit.ondemand.rules import RiderGroup

pytestmark = pytest.mark.django_db
GROUPS = (
    RiderGroup("card", "Disability card", needs_proof=True, valid_days=365, proof=(("en", "The card, or a letter."),)),
    RiderGroup("winter", "Winter right", needs_proof=True, first_month=11, last_month=3, proof=(("en", "A letter."),)),
    RiderGroup("old", "Over 67", min_age=67),
    RiderGroup("all", "Everybody"),
)
NOVEMBER, JULY = date(2026, 11, 23), date(2027, 7, 1)


@pytest.fixture
def desk(market: Market) -> Client:
    found = town(market)
    Shuttle(replace(RULES, groups=GROUPS))
    return found


def person() -> int:
    return Customer.objects.get().user_id


def groups(day: date, born: int | None = None) -> list[str]:
    """As what the only customer may ride."""
    return [group.code for group in concessions.groups_of(person(), "coast", day, born)]


def test_noted_as_yes_and_until_when(market: Market, desk: Client) -> None:
    where = keep(desk, at="counter")
    page = text_of(desk.get(f"{where}/file"))
    assert "Disability card : The card, or a letter." in page
    assert "Everybody" not in page, "needs no proof"
    assert desk.post(f"{where}/rights", {"group": "card"}).status_code == 422, "nobody has seen it"
    assert desk.post(f"{where}/rights", {"group": "old", "seen": "on"}).status_code == 422
    desk.post(f"{where}/rights", {"group": "card", "seen": "on"})
    row = Concession.objects.get()
    assert (row.seen_on, row.valid_until, row.region) == (NOVEMBER, date(2027, 11, 23), "coast")
    desk.post(f"{where}/rights", {"group": "card", "seen": "on", "until": "2026-12-10"})
    row = Concession.objects.get()
    assert row.valid_until == date(2026, 12, 10), "what the proof says, where that is less"
    page = text_of(desk.get(f"{where}/file"))
    assert "Disability card : ends soon valid until 10 December 2026" in page
    assert "seen on 23 November 2026 by desk_agent.@maas.test" in page
    assert groups(NOVEMBER) == ["card"]
    assert groups(date(2026, 12, 10)) == ["card"]
    assert groups(date(2026, 12, 11)) == []


def test_conditions_close_it_by_themselves(market: Market, desk: Client) -> None:
    where = keep(desk)
    desk.post(f"{where}/rights", {"group": "winter", "seen": "on"})
    assert groups(NOVEMBER) == ["winter"]
    assert groups(JULY) == []
    assert groups(NOVEMBER, born=1958) == ["winter", "old"]
    assert groups(NOVEMBER, born=1959) == ["winter"], "perhaps 66: nobody has seen more than a year"
    assert concessions.has_right(None, "coast", "all", NOVEMBER)
    assert not concessions.has_right(None, "coast", "card", NOVEMBER)


def test_withdrawn_expiring_and_forgotten(market: Market, desk: Client) -> None:
    where = keep(desk)
    desk.post(f"{where}/rights", {"group": "card", "seen": "on", "until": "2026-12-10"})
    listed = text_of(desk.get("/desk/expiring-rights"))
    assert "Disability card · valid until 10 December 2026" in listed
    assert "Aino" not in listed, "whose it is says the file, which is opened by name"
    assert staff("driver", "bus").get("/desk/expiring-rights").status_code == 404
    other = staff("desk_agent", "other")
    elsewhere = keep(other, "Väinö Virtanen", "+358 50 765 4321")
    pk = Concession.objects.get().pk
    assert other.post(f"{elsewhere}/rights", {"withdraw": f"{pk}"}).status_code == 404, "another person's"
    desk.post(f"{opened(desk, '0401234567')}/rights", {"withdraw": f"{pk}"})
    row = Concession.objects.get()
    assert row.withdrawn_by.email == "desk_agent.@maas.test"  # type: ignore[union-attr]
    assert "None ends within a month." in text_of(desk.get("/desk/expiring-rights"))
    assert concessions.tidy(date(2027, 11, 1)) == 0
    assert concessions.tidy(date(2027, 12, 1)) == 1
