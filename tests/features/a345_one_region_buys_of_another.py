"""Our own client buys of our own server over HTTP: what is sold in one region, residents of another one ride."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bookings.ledger.posting import balance
from bookings.models import Reservation
from bookings.operators.base import Call, HoldingState, OperatorError
from bookings.operators.tomp.port import TompOperators
from bookings.services import ticket_keys, ticketing
from tests.features.coast import BUS
from tests.features.company import Company
from tests.features.market import Market
from transit.models import Interface, Operator
from transit.money import Money
from transit.remote import tomp
from transit.remote.tomp import Party, Search, Traveller
from transit.sealing import seal

pytestmark = pytest.mark.db
AT = datetime(2026, 11, 24, 8, 6, tzinfo=UTC)


@pytest.fixture
def party(market: Market, live_server: Any, shared_specs: Path) -> Party:
    """`far` is the bus company as the other region's register has it."""
    market.publish(bus=BUS)
    market.sells("bus", seats_per_departure=4, refund_fee_basis_points=1000)
    company = Company(shared_specs)
    market.settings.ALLOWED_LOOPBACK_ORIGINS = [live_server.url]
    url, system = f"{live_server.url}/tomp/v2/operators/bus", company.system
    Interface.objects.create(
        operator=Operator.objects.create(code="far", legal_name="Bus Ltd", country="FI"), name="far-sales",
        format="TOMP-2.0", url=url, client_id=system.id, client_secret_sealed=seal(system.secret), capability="B",
    )  # fmt: skip
    return Party(url, system.id, system.secret)


def search(party: Party, *categories: str) -> list[tomp.Offer]:
    people = tuple(Traveller(f"{n}", profile=category) for n, category in enumerate(categories or ("adult",), 1))
    wish = Search("bus:H", "bus:Q", AT, AT + timedelta(minutes=14), people, ("bus:1-0",), date(2026, 11, 24))
    return tomp.search_offers(party, wish)


def call(offer: str, **terms: Any) -> Call:
    travellers = [{"key": "1", "category": "adult"}]
    return Call("far", uuid4(), None, offer, {"travellers": travellers, **terms})


def test_what_is_told(party: Party) -> None:
    assert tomp.is_healthy(party)
    assert list(tomp.list_data_sources(party)) == ["bus"]


def test_bought_by_the_port(party: Party) -> None:
    port, now = TompOperators(), datetime.now(UTC)
    (offer,) = search(party)
    assert (offer.price, offer.start_at, offer.refundable) == (Money(350, "EUR"), AT, True)
    assert offer.expires_at is not None
    assert offer.expires_at > now
    wish = call(offer.id)
    assert port.look_up(wish, now).state == HoldingState.NONE
    held = port.hold(wish, now)
    assert (held.state, held.operator_ref, held.price) == (HoldingState.HELD, offer.id, Money(350, "EUR"))
    assert port.hold(wish, now) == held, "asked twice, held once"
    extended = port.extend(wish, now)
    assert extended.expires_at is not None
    assert held.expires_at is not None
    assert extended.expires_at >= held.expires_at
    assert port.confirm(wish, now).state == HoldingState.CONFIRMED
    assert port.confirm(wish, now).state == HoldingState.CONFIRMED
    assert Reservation.objects.get().reference == str(wish.client_ref)
    (document,) = port.documents(wish, now)
    assert document.kind == "QRCODE"
    (travel,) = tomp.travel_documents(party, offer.id)
    assert ticketing.verify(travel.content.decode(), ticket_keys.public_keys(), AT, "bus").category == "adult"
    assert port.quote_cancellation(wish, now).fee == Money(35, "EUR")
    with pytest.raises(OperatorError, match="fee_higher"):
        port.cancel(call(offer.id, mode="refund", fee_cap_minor=34), now)
    given_back = port.cancel(call(offer.id, mode="refund", fee_cap_minor=35), now)
    assert (given_back.state, given_back.fee) == (HoldingState.CANCELLED, Money(35, "EUR"))
    (listed,) = port.list_sales("far", now - timedelta(days=1), now + timedelta(days=1))
    assert (listed.ref, listed.charged) == (offer.id, Money(35, "EUR"))
    assert balance("operator_payable:bus", "EUR") == Money(-35, "EUR")


def test_let_go_and_sold_out(party: Party) -> None:
    port, now = TompOperators(), datetime.now(UTC)
    (big,) = search(party, "adult", "adult", "child")
    (other,) = search(party, "adult", "adult")
    port.hold(call(big.id), now)
    with pytest.raises(OperatorError, match="sold_out"):
        port.hold(call(other.id), now)
    assert port.cancel(call(big.id, mode="rollback"), now).state == HoldingState.RELEASED
    assert port.look_up(call(big.id), now).state == HoldingState.RELEASED
    assert port.hold(call(other.id), now).state == HoldingState.HELD
    assert port.look_up(call("nothing"), now).state == HoldingState.NONE
