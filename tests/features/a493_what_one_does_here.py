"""Whoever works here finds it after logging in; who wants to be an operator is led on when the address is theirs."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from maas.accounts.models import Role, User
from tests.features.a107_statements import member
from tests.features.market import Market
from tests.features.switchboard import keep, opened, text_of, town
from transit.models import Operator, Service

pytestmark = pytest.mark.django_db
PASSWORD = "two buses and a boat"


def links(page: str) -> list[str]:
    return re.findall(r'href="(/[^"]*)"', page.partition("<main")[2].partition("</main>")[0])


def test_everybody_finds_their_own(market: Market) -> None:
    Operator.objects.create(code="saari", legal_name="Saari", country="FI")
    Service.objects.create(
        code="saari", operator_id=Operator.objects.get().pk, name="Saari", agency_id="saari:saari", kind="bus"
    )
    for kind, scope, first in (
        ("desk_agent", "", "/desk/callers"),
        ("region_officer", "coast", "/operators/applications"),
        ("driver", "saari", "/drive"),
        ("inspector", "saari", "/inspect"),
        ("provider", "", "/register/access/mine"),
        ("payer", "coast/town", "/subsidies"),
        ("operator_staff", "saari", "/operators/saari/timetable"),
    ):
        who = member(kind, scope)
        found = links(who.get("/work").content.decode())
        assert found[0] == first, kind
        answers = {who.get(each, follow=True).status_code for each in found}
        assert answers <= {200, 503}, kind  # there is no network to plan on
    resident = Client()
    resident.force_login(User.objects.create_user("r@example.org"), backend="django.contrib.auth.backends.ModelBackend")
    assert resident.get("/work")["Location"] == "/tickets"
    assert 'href="/work"' not in resident.get("/tickets").content.decode()


def test_from_signing_up_back_to_the_application(market: Market) -> None:
    owner = Client()
    said = {"email": "owner@saari.example", "password1": PASSWORD, "next": "/operators/apply"}
    assert owner.post("/accounts/signup/", said)["Location"] == "/operators/apply"
    assert "confirm your e-mail" in owner.get("/operators/apply").content.decode()
    letter = mail.outbox[-1]
    assert "One way to travel" in letter.body
    assert "testserver!" not in letter.body
    (address,) = re.findall(r"https?://[^/]+(/accounts/confirm-email/\S+)", f"{letter.body}")
    assert owner.post(address)["Location"] == "/work"
    assert EmailAddress.objects.get().verified
    assert owner.get("/work")["Location"] == "/operators/apply"
    assert owner.get("/work")["Location"] == "/tickets", "once"
    assert not Role.objects.exists()


def test_a_caller_without_an_address_pays_in_at_the_counter(market: Market) -> None:
    desk = town(market)
    keep(desk)
    where = opened(desk, "040 123 4567", "counter")
    (page,) = {each for each in links(desk.get(f"{where}/recurring").content.decode()) if "travel-money" in each}
    form = desk.get(page)
    assert "Aino Kanerva" in text_of(form)
    key = re.findall(r'name="key" value="([^"]+)"', form.content.decode())[0]
    paid = desk.post(page, {"key": key, "amount": "20.00", "currency": "EUR"})
    assert paid["Location"] == f"{where}/recurring"
    assert "neither yet" not in text_of(desk.get(paid["Location"]))
    code = where.rpartition("/")[2]
    assert member("desk_agent").get(f"/desk/travel-money?caller={code}").status_code == 404, "a colleague's caller"
