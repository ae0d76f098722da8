"""Keys of tickets turn by themselves: known before they sign, published while needed, withdrawn at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from bookings.models import Ticket
from bookings.services import ticket_keys, ticketing
from bookings.tasks import turn_ticket_keys
from tests.features.coast import BUS
from tests.features.market import Market
from tests.feeds import NOW

pytestmark = pytest.mark.db
RIDE_AT = NOW + timedelta(days=1, hours=1)


@pytest.fixture
def bought(market: Market) -> Ticket:
    market.publish(bus=BUS)
    market.sells("bus")
    turn_ticket_keys()
    market.buy("bus:H", "bus:Q", "10:00")
    return Ticket.objects.get()


def published(market: Market) -> list[str]:
    return [key["kid"] for key in market.get("ticket-keys")["keys"]]


def test_the_next_key_is_known_a_week_before_it_signs(market: Market, bought: Ticket, data_dir: Path) -> None:
    assert published(market) == [bought.kid]
    market.clock.move_to(NOW + timedelta(days=82))
    turn_ticket_keys()
    assert published(market) == [bought.kid]
    market.clock.move_to(NOW + timedelta(days=83, hours=1))
    turn_ticket_keys()
    turn_ticket_keys()
    old, new = published(market)
    assert old == bought.kid == ticket_keys.signing_key(NOW + timedelta(days=89))[0]
    assert new == ticket_keys.signing_key(NOW + timedelta(days=90, hours=2))[0]
    assert all("d" not in key for key in market.get("ticket-keys")["keys"])


def test_an_old_key_stays_until_its_last_ticket_is_over(market: Market, bought: Ticket, data_dir: Path) -> None:
    Ticket.objects.update(valid_until_at=NOW + timedelta(days=120))
    for days in (84, 92):
        market.clock.move_to(NOW + timedelta(days=days))
        turn_ticket_keys()
    assert bought.kid in published(market)
    assert b"PRIVATE" not in (data_dir / "keys" / "tickets" / f"{bought.kid}.pem").read_bytes()
    assert ticketing.verify(bought.token, ticket_keys.public_keys(), RIDE_AT).serial == bought.serial
    market.clock.move_to(NOW + timedelta(days=128))
    turn_ticket_keys()
    assert bought.kid not in published(market)


def test_a_key_that_was_stolen(market: Market, bought: Ticket, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ticket_keys", "--withdraw", bought.kid)
    assert "1 tickets have new signatures" in capsys.readouterr().out
    assert bought.kid not in published(market)
    keys = ticket_keys.of_jwks(market.get("ticket-keys"))
    with pytest.raises(ticketing.TicketError, match="unknown_key"):
        ticketing.verify(bought.token, keys, RIDE_AT, "bus")
    shown = market.get(f"tickets/{bought.serial}")["token"]
    assert shown != bought.token
    assert ticketing.verify(shown, keys, RIDE_AT, "bus").serial == bought.serial
    assert ticket_keys.signing_key(NOW)[0] != bought.kid

    Ticket.objects.update(kid=bought.kid, token=bought.token)  # a sale that had read the key before
    turn_ticket_keys()
    again = Ticket.objects.get()
    assert ticketing.verify(again.token, ticket_keys.public_keys(), RIDE_AT).serial == bought.serial
