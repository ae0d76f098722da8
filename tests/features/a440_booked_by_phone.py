"""Somebody rings up: a guest at first, then known by the number; booked in a few forms, without scripts."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from bookings import tasks
from bookings.models import Bill, Caller, Contact, Order, OrderTraveller, Ticket
from bookings.services import callers
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.switchboard import TOMORROW, book, fields_of, guest, search, text_of, texting, town, wish, work

pytestmark = pytest.mark.db


@pytest.fixture
def desk(market: Market) -> Client:
    return town(market)


def test_from_the_call_to_the_code_in_the_driver_s_list(market: Market, desk: Client) -> None:
    where = guest(desk)
    page = text_of(search(desk, where, wish(destination="Island")))
    assert "Tue 24 Nov: you leave at 10:06 and are there at 11:10, in 1 h 4 min." in page
    assert "Bus 1 leaves Harbour at 10:06. You get off at Quay at 10:20." in page
    assert "Ferry F leaves Ferry Pier at 10:40. You get off at Island at 11:10. It costs €7.70." in page
    order_page = book(desk, where, wish(destination="Island"))
    order = work(market)
    said = text_of(desk.get(order_page))
    assert "Booked. Read out the code" in said
    codes = [ticket.serial[-4:] for ticket in Ticket.objects.order_by("valid_from_at")]
    assert len(codes) == 2
    for code in codes:
        assert " ".join(code) in said
    driver = staff("driver", "bus")
    verdict = text_of(driver.post("/inspect/bus", {"text": codes[0], "boarding": "yes"}))
    assert "Bus Ltd" in verdict
    listed = driver.get("/api/v1/operators/bus/day-list", {"date": "2026-11-24"}).json()
    assert [ticket["serial"][-4:] for ticket in listed["tickets"]] == [codes[0]]
    assert "Aino" not in str(listed)
    assert "Pay €3.50 in cash to the driver of Bus Ltd" in said
    assert Bill.objects.count() == 2
    assert desk.get(f"/orders/{order.code}").status_code == 404, "it is the caller's, not the desk's"
    paper = desk.get(f"{order_page}/plan.pdf")
    assert paper.content.startswith(b"%PDF")


def test_who_rings_again_is_known_by_the_number_and_repeats_the_trip_with_one_key(market: Market, desk: Client) -> None:
    book(desk, guest(desk), wish())
    work(market)
    colleague = staff("desk_agent", "other")
    again = guest(colleague, phone="+358401234567")
    page = colleague.get(again)
    assert "Harbour" in text_of(page)
    assert "Booked" in text_of(page)
    (repeat,) = fields_of(page, again)
    assert repeat["from_at"].endswith("~bus:H~Harbour")
    choices = colleague.post(again, {**repeat, **TOMORROW})
    assert "Bus 1 leaves Harbour at 10:06." in text_of(choices)
    for number in ("+358401234568", "+81901234567"):
        assert "Once more" not in text_of(colleague.get(guest(colleague, phone=number))), "the whole number counts"
    market.clock.shift(callers.GUESTS_KEPT.total_seconds() + 1)
    later = staff("desk_agent", "later")
    assert "Once more" not in text_of(later.get(guest(later)))


def test_the_caller_pays_by_a_link_and_never_tells_a_card(market: Market, desk: Client) -> None:
    gateway = texting(market)
    order_page = book(desk, guest(desk), wish(), pay_with="stripe")
    order = work(market, "NEEDS_ACTION")
    assert order.owner is None
    page = desk.get(order_page)
    assert "The link is on its way." in text_of(page)
    assert market.stripe not in page.content.decode()
    tasks.send_messages()
    (text,) = [message["text"] for message in gateway.sent.values()]
    (link,) = re.findall(r"http\S+(/pay/\S+)", text)
    caller = Client()
    assert caller.post(link)["Location"] == f"/orders/{order.code}/pay"
    market.client = caller
    market.use(caller.get(f"/orders/{order.code}/pay")["Location"], "works")
    market.work(order.code)
    assert "Booked. Read out the code" in text_of(desk.get(order_page))


def test_given_back_when_the_caller_rings_again(market: Market, desk: Client) -> None:
    book(desk, guest(desk), wish())
    order = work(market)
    again = guest(desk)
    page = f"{again}/orders/{order.code}"
    assert "Cancelling costs nothing." in text_of(desk.get(f"{page}/cancel"))
    assert desk.post(f"{page}/cancel", {"fee": "0"}).status_code == 302
    work(market, "CANCELLED")
    assert "This booking was cancelled" in text_of(desk.get(page))


def test_three_unpaid_trips_of_one_number_and_no_more(market: Market, desk: Client) -> None:
    for _ in range(3):
        book(desk, guest(desk), wish())
        work(market)
    where = guest(desk)
    page = search(desk, where, wish())
    offer = desk.post(f"{where}/offers", fields_of(page, f"{where}/offers")[0])["Location"]
    assert "In cash to the driver" not in text_of(desk.get(offer))
    book(desk, guest(desk, "Väinö", "+358 50 7654321"), wish())


def test_a_caller_is_one_agent_s_for_two_hours(market: Market, desk: Client) -> None:
    where = guest(desk)
    order_page = book(desk, where, wish())
    work(market)
    for stranger in (staff("desk_agent", "other"), staff("driver", "bus"), Client()):
        for page in (where, order_page, f"{order_page}/plan.pdf", f"{order_page}/state", f"{order_page}/cancel"):
            assert stranger.get(page).status_code in {404, 302}, page
    assert staff("operator_staff", "bus").get("/desk/callers").status_code == 404
    market.clock.shift(2 * 3600 + 1)
    assert desk.get(where).status_code == 404


def test_names_and_numbers_are_sealed_and_forgotten(market: Market, desk: Client) -> None:
    book(desk, guest(desk), wish())
    work(market)
    assert Contact.objects.exclude(phone_sealed=b"").count() == 1
    with connection.cursor() as cursor:
        for table in (Caller._meta.db_table, OrderTraveller._meta.db_table):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                text = " ".join(
                    bytes(each).decode() if isinstance(each, bytes | memoryview) else str(each) for each in row
                )
                assert "Aino" not in text
                assert "1234567" not in text
    market.clock.shift(callers.GUESTS_KEPT.total_seconds() + 60)
    tasks.tidy_customers()
    assert [(row.said, row.phone_digest) for row in Caller.objects.all()] == [(None, "")]
    assert not Contact.objects.exists()
    assert not Order.objects.exclude(contact_sealed=b"").exists()
    assert [(row.said, row.phone_digest) for row in OrderTraveller.objects.all()] == [(None, "")]
    assert mail.outbox == []
