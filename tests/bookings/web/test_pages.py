"""The pages of offers, orders and tickets, for every state that an order can be in."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from bookings.models import Order, Payment
from bookings.services import ticketing
from bookings.states import ORDER
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
KEY = "the browser's own secret"
MINE = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.fixture
def client(db: None, data_dir: Path) -> Any:
    """A guest's browser."""
    client = Client(headers={"accept-language": "en"})
    session = client.session
    session["viewer"] = KEY
    session.save()
    with time_machine.travel(NOW, tick=False):
        yield client


def body(answer: Any) -> str:
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def order(state: str, **fields: Any) -> Order:
    return factories.order(factories.offer(session_hash=MINE), state=state, **fields)


def with_tickets(state: str = "COMPLETED") -> Order:
    row = order(state)
    ticketing.issue(list(row.bookings.all()), NOW)
    Payment.objects.create(
        order=row, provider="stripe", state="CAPTURED", currency="EUR", amount_minor=1280, captured_minor=1280
    )
    return row


def test_an_offer_says_what_is_bought_from_whom(client: Client) -> None:
    offer = factories.offer(
        session_hash=MINE,
        unsold=[{"leg": 2, "kind": "elsewhere", "text": "Lautat", "url": "https://sea.example/", "price_minor": 300,
                 "currency": "EUR", "with_leg": None}],
    )  # fmt: skip
    page = body(client.get(f"/offers/{offer.code}"))
    for words in (
        "From f:bus",
        "Bus 3 · Adult",
        "€3.50",
        "Includes VAT 10 %",
        "€12.80",
        "valid until 09:15",
        "Pay €12.80",
    ):
        assert words in page
    assert "Buy this ticket from the operator, €3.00" in page


def test_an_offer_that_has_ended_cannot_be_accepted(client: Client) -> None:
    offer = factories.offer(session_hash=MINE, expires_at=NOW - timedelta(seconds=1))
    page = client.get(f"/offers/{offer.code}")
    assert "no longer valid" in body(page)
    assert "<form method" not in page.content.decode().split("<main")[1].split("</main")[0]
    assert client.post(f"/offers/{offer.code}").status_code == 409
    assert Order.objects.count() == 0


def test_accepting_makes_one_order_however_often_it_is_sent(client: Client) -> None:
    offer = factories.offer(session_hash=MINE)
    first = client.post(f"/offers/{offer.code}", {"email": "a@example.org"})
    again = client.post(f"/offers/{offer.code}", {"email": "a@example.org"})
    made = Order.objects.get()
    assert first["Location"] == again["Location"] == f"/orders/{made.code}/pay"
    assert b"a@example.org" not in bytes(made.contact_sealed)


def test_a_wrong_address_is_marked_and_nothing_is_ordered(client: Client) -> None:
    offer = factories.offer(session_hash=MINE)
    answer = client.post(f"/offers/{offer.code}", {"email": "nobody"})
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Order.objects.count() == 0


def test_a_refused_offer_says_why_and_leads_back(client: Client) -> None:
    answer = client.post("/offers", {"token": "made-up", "search": "from_text=a"})
    assert answer.status_code == 409
    assert "was not proposed here" in body(answer)
    assert 'href="/journeys?from_text=a"' in answer.content.decode()


@pytest.mark.parametrize("state", ORDER.moves)
def test_every_state_has_a_page(client: Client, state: str) -> None:
    row = order(state)
    answer = client.get(f"/orders/{row.code}")
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1
    assert "Kotikatu 4" in body(answer)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("sold_out", "is sold out"), ("declined", "did not go through"), ("never heard of", "could not be completed")],
)
def test_a_failed_order_says_why_and_that_nothing_was_charged(client: Client, reason: str, words: str) -> None:
    page = client.get(f"/orders/{order('FAILED', unwind_reason=reason).code}")
    assert words in body(page)
    assert "Nothing was charged, and nothing is reserved." in body(page)
    assert "/journeys?from_at=" in page.content.decode()


def test_waiting_for_the_payment_leads_to_the_provider(client: Client) -> None:
    row = order("NEEDS_ACTION")
    Payment.objects.create(
        order=row,
        provider="stripe",
        state="REQUIRES_ACTION",
        currency="EUR",
        amount_minor=1280,
        action_url="https://pay.example/x",
    )
    assert client.get(f"/orders/{row.code}/pay")["Location"] == "https://pay.example/x"
    assert "Your payment is being checked." in body(client.get(f"/orders/{row.code}"))


def test_without_a_script_the_page_asks_again_by_itself(client: Client) -> None:
    page = client.get(f"/orders/{order('HOLDING').code}/pay").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_dearer_price_is_asked_for(client: Client) -> None:
    row = order("NEEDS_CONSENT")
    row.bookings.filter(seq=1).update(price_minor=900, state="HELD")
    page = client.get(f"/orders/{row.code}")
    assert "Accept €16.50" in body(page)
    assert client.post(f"/orders/{row.code}/consent", {"asked": "1"})["Location"] == f"/orders/{row.code}"
    row.refresh_from_db()
    assert row.consent_cap_minor == 1280
    client.post(f"/orders/{row.code}/consent", {"asked": "1650"})
    row.refresh_from_db()
    assert row.consent_cap_minor == 1650


def test_tickets_and_the_order_they_belong_to(client: Client) -> None:
    row = with_tickets()
    page = body(client.get(f"/orders/{row.code}"))
    assert "Your journey is booked" in page
    assert page.count("For later") == 4
    held = body(client.get("/tickets"))
    assert held.index("Bus 3") < held.index("Ferry F")


def test_a_ticket_says_everything_in_words(client: Client) -> None:
    row = with_tickets()
    ticket = row.bookings.get(seq=1).tickets.get(product__category="senior")
    answer = client.get(f"/tickets/{ticket.serial}")
    for words in ("1 senior", "Asema – Satama", "Zone AB", "€1.80", ticket.serial, "09:35"):
        assert words in body(answer)
    assert "<path" in answer.content.decode()


def test_past_and_cancelled_tickets_come_last(client: Client) -> None:
    with_tickets()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        page = body(client.get("/tickets"))
    assert "You have no tickets for coming journeys." in page
    assert "Earlier tickets (4)" in page


@pytest.mark.parametrize("path", ["/orders/{}", "/orders/{}/pay", "/orders/{}/cancel", "/offers/{}"])
def test_a_stranger_finds_nothing(client: Client, path: str) -> None:
    row = with_tickets()
    code = row.offer.code if "offers" in path else row.code
    serial = row.bookings.first().tickets.first().serial  # type: ignore[union-attr]
    stranger = Client()
    assert client.get(path.format(code)).status_code in (200, 302)
    assert stranger.get(path.format(code)).status_code == 404
    assert stranger.get(f"/tickets/{serial}").status_code == 404
    assert "no tickets yet" in body(stranger.get("/tickets"))


@pytest.mark.parametrize("action", ["consent", "give-up", "cancel"])
def test_a_stranger_can_do_nothing(client: Client, action: str) -> None:
    row = with_tickets()
    assert Client().post(f"/orders/{row.code}/{action}").status_code == 404
    row.refresh_from_db()
    assert row.state == "COMPLETED"


def test_forms_need_their_token(client: Client) -> None:
    offer = factories.offer(session_hash=MINE)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(f"/offers/{offer.code}").status_code == 403
