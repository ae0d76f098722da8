"""Somebody agrees that the desk keeps a file: found by what they say, opened by name, read back by the person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from bookings import tasks
from bookings.models import Act, Caller, Contact, Customer, CustomerKey, FavouritePlace, Order, OrderTraveller
from bookings.services import customers
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.switchboard import TOMORROW, book, fields_of, guest, keep, opened, search, text_of, town, wish, work

pytestmark = pytest.mark.db


@pytest.fixture
def desk(market: Market) -> Client:
    return town(market)


def plain(value: object) -> str:
    """What stands in a column."""
    return bytes(value).decode("latin1") if isinstance(value, bytes | memoryview) else str(value)


def found(desk: Client, who: str) -> list[str]:
    """The people whom a search shows."""
    page = desk.post("/desk/callers", {"who": who}).content.decode()
    return [re.sub(r"\s+", " ", each).strip() for each in re.findall(r"</kbd> ([^<]*?)</button>", page)]


def test_found_by_what_the_caller_says_and_by_nothing_less(market: Market, desk: Client) -> None:
    keep(desk, "Aino Mäkelä", "+358 40 123 4567", birth_year="1948")
    keep(desk, "Väinö Mäkelä", "+358 50 765 4321", birth_year="1946")
    keep(desk, "田中花子", "+81 90 1111 2222", birth_year="1950")
    aino = ["Aino Mäkelä, 1948 · …567"]
    for who in ("+358 40 123 4567", "0401234567", "aino makela", "MÄKELÄ Aino", "Aino 1948", "mäkelä 1948"):
        assert found(desk, who) == aino, who
    assert found(desk, "田中花子") == found(desk, "田中 花子") == ["田中花子, 1950 · …222"]
    for who in ("Aino", "1948", "mäkelä", "123 4567 8", "Ai Mä", "%", "Aino 1949"):
        assert found(desk, who) == [], who
    assert "Please write the whole phone number" in text_of(desk.post("/desk/callers", {"who": "Mäkelä"}))
    for number in range(6):
        keep(desk, "Matti Virtanen", f"+358 44 000 000{number}")
    assert "Too many people fit." in text_of(desk.post("/desk/callers", {"who": "Matti Virtanen"}))
    assert len(found(desk, "Matti Virtanen 044 000 0003")) == 1


def test_opening_a_file_is_noted_and_the_person_reads_it(market: Market, desk: Client) -> None:
    aino = get_user_model().objects.create_user("aino@maas.test")
    where = keep(desk, "Aino Kanerva", "+358 40 123 4567", at="counter", account="aino@maas.test", seen="on")
    assert text_of(desk.get(f"{where}/file")).count("The file was opened") == 1
    colleague = staff("desk_agent", "other")
    again = opened(colleague, "0401234567")
    assert colleague.get(where).status_code == 404, "another agent's caller"
    book(colleague, again, wish())
    order = work(market)
    assert order.owner == aino
    resident = Client()
    resident.force_login(aino, backend="django.contrib.auth.backends.ModelBackend")
    page = text_of(resident.get("/my-file"))
    for said in ("Aino Kanerva", "+358401234567", "A journey was ordered", "desk_agent.other@maas.test"):
        assert said in page
    assert page.count("The file was opened") == 2
    assert resident.get(f"/orders/{order.code}").status_code == 200
    assert "Aino" not in text_of(staff("desk_agent", "third").get("/my-file"))


def test_an_account_is_linked_face_to_face_alone(market: Market, desk: Client) -> None:
    get_user_model().objects.create_user("aino@maas.test")
    keep(desk, "Aino Kanerva", "+358 40 123 4567", account="aino@maas.test", seen="on")
    assert Customer.objects.get().user.email.endswith("@customer.invalid"), "on the phone nobody is seen"
    tasks.tell_of_acts()
    assert mail.outbox == []
    counter = staff("desk_agent", "counter")
    own = guest(counter, where="counter")
    mine = {"name": "X", "language": "en", "mobility": "any", "consent": "on", "seen": "on"}
    refused = counter.post(f"{own}/keep", {**mine, "account": "desk_agent.counter@maas.test"})
    assert "Nobody enters their own account here." in text_of(refused)
    assert counter.post(f"{own}/keep", {**mine, "account": "aino@maas.test"}).status_code == 302
    tasks.tell_of_acts()
    tasks.tell_of_acts()
    (letter,) = mail.outbox
    assert letter.to == ["aino@maas.test"]
    assert letter.subject == "Your account was linked to a file at the desk"
    unseen = guest(desk, where="counter")
    filled = {"name": "X", "language": "en", "mobility": "any", "consent": "on", "account": "aino@maas.test"}
    assert desk.post(f"{unseen}/keep", filled).status_code == 422
    assert desk.post(f"{unseen}/keep", {k: v for k, v in filled.items() if k != "consent"}).status_code == 422
    assert Customer.objects.count() == 2


def test_a_word_for_a_place(market: Market, desk: Client) -> None:
    where = keep(desk)
    page = search(desk, where, wish())
    (origin, destination) = fields_of(page, f"{where}/places")
    desk.post(f"{where}/places", {**origin, "label": "home"})
    desk.post(f"{where}/places", {**destination, "label": "doctor"})
    page = desk.post(where, {"from_text": "Ho", "to_text": "doc", **TOMORROW})
    assert "Bus 1 leaves Harbour at 10:06." in text_of(page)
    desk.post(f"{where}/places", {**destination, "label": "Home"})
    assert FavouritePlace.objects.count() == 2
    desk.post(f"{where}/places", {"drop": str(FavouritePlace.objects.first().pk)})  # type: ignore[union-attr]
    assert FavouritePlace.objects.count() == 1


def test_nobody_reads_it_in_the_database_and_keys_can_be_turned(market: Market, desk: Client, settings: Any) -> None:
    where = keep(desk, "Aino Kanerva", "+358 40 123 4567", birth_year="1948")
    book(desk, where, wish())
    work(market)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("bookings_") or table == "accounts_user":
                cursor.execute(f'SELECT * FROM "{table}"')
                text = " ".join(plain(each) for row in cursor.fetchall() for each in row)
                for secret in ("Kanerva", "kanerva", "1234567"):
                    assert secret not in text, (table, secret)
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old]
    assert found(desk, "Aino Kanerva") == ["Aino Kanerva, 1948 · …567"]
    call_command("reseal")
    settings.FIELD_KEYS = [new]
    assert found(desk, "Aino Kanerva") == ["Aino Kanerva, 1948 · …567"]
    settings.FIELD_KEYS = [new, old]


def test_erased_when_the_person_asks_and_when_nobody_needs_it(market: Market, desk: Client) -> None:
    where = keep(desk)
    book(desk, where, wish())
    order = work(market)
    desk.post(f"{where}/erase")
    assert Customer.objects.get().said, "only where it is ticked"
    assert desk.post(f"{where}/erase", {"sure": "yes"})["Location"] == "/desk/callers"
    row = Customer.objects.get()
    assert (row.said, row.keys.count(), row.user.is_active) == (None, 0, False)
    assert desk.get(where).status_code == 404
    assert found(desk, "0401234567") == []
    order.refresh_from_db()
    assert order.owner == row.user, "the books stay"
    keep(desk, "Väinö Kanerva", "+358 50 765 4321")
    market.clock.shift(customers.KEPT.total_seconds() - 60)
    tasks.tidy_customers()
    assert CustomerKey.objects.exists()
    market.clock.shift(120)
    tasks.tidy_customers()
    assert not CustomerKey.objects.exists()
    assert Act.objects.filter(what="erased", by=None).count() == 1


def test_erased_with_what_was_kept_of_a_guest_before(market: Market, desk: Client) -> None:
    book(desk, guest(desk), wish())
    work(market)
    where = keep(desk, email="aino@maas.test")
    book(desk, where, wish())
    work(market)
    desk.post(f"{where}/erase", {"sure": "yes"})
    assert not Caller.objects.exclude(said=None).exists()
    assert not Caller.objects.exclude(phone_digest="").exists()
    assert not OrderTraveller.objects.exclude(said=None).exists()
    assert Contact.objects.count() == 2, "they still ride, and hear of what happens to it"
    market.clock.shift(40 * 24 * 3600)
    tasks.tidy_customers()
    assert Contact.objects.count() == 1, "a guest's number lasts for half a year"
    assert not Order.objects.exclude(contact_sealed=b"").exists()
    market.clock.shift(150 * 24 * 3600)
    tasks.tidy_customers()
    assert not Contact.objects.exists()


def test_searches_are_counted_and_noted(market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookings.services.callers.MOST_SEARCHED", 3)
    keep(desk)
    assert [len(found(desk, who)) for who in ("0401234567", "Aino Kanerva", "Väinö Virtanen")] == [1, 1, 0]
    assert "You have searched very often today." in text_of(desk.post("/desk/callers", {"who": "Aino Kanerva"}))
    acts = Act.objects.filter(what="searched").order_by("pk")
    assert [(act.detail, act.by) for act in acts] == [({"found": n}, acts[0].person) for n in (1, 1, 0)]
    assert found(staff("desk_agent", "other"), "0401234567")


def test_who_opens_hundreds_of_files_is_stopped(market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookings.services.callers.MOST_OPENED", 3)
    keep(desk)  # two: the guest, and the file
    guest(desk)
    answer = desk.post("/desk/callers/open", {"name": "A", "phone": "+358401234567"}, follow=True)
    assert "You have opened very many files today." in text_of(answer)
    assert Caller.objects.count() == 3
