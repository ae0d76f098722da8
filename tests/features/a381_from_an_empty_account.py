"""A company applies, the region's officer looks at its licence, and its line is in the register and can be bought."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from maas.accounts.models import OperatorApplication, Role, User
from maas.accounts.tasks import send_letters
from tests.features.a107_statements import member
from tests.features.a380_a_company_without_a_system import enter, fill, send
from tests.features.coast import BUS
from tests.features.market import Market
from tests.feeds import NOW
from transit.models import HostedPattern, HostedStop, Interface, Operator, Service
from transit.network.publish import publish_network
from transit.tasks import write_hosted_feed

pytestmark = pytest.mark.db
FACTS = {
    "region": "coast", "legal_name": "Saari", "business_id": "1234567-8", "kind": "bus", "phone": "+358 1",
    "licensing_office": "Traficom", "licence_number": "L-77",
}  # fmt: skip


@pytest.fixture
def owner(market: Market) -> Client:
    """Whoever drives the bus, with an account and nothing else."""
    user = User.objects.create_user("owner@saari.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def decided(officer: Client, **fields: Any) -> int:
    pk = OperatorApplication.objects.latest("pk").pk
    return officer.post(f"/operators/applications/{pk}", fields).status_code


def test_from_an_empty_account_to_a_sold_ticket(market: Market, owner: Client) -> None:
    assert owner.post("/operators/apply", FACTS).status_code == 302
    assert "Waits for the region" in owner.get("/operators/apply").content.decode()
    assert owner.get("/operators/saari/timetable").status_code == 404
    assert Client().get("/register/operators/saari").status_code == 404, "nothing is public yet"
    officer = member("region_officer", "coast")
    send_letters()
    send_letters()
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["region_officer-coast@example.com"], "Saari haluaa liikenteenharjoittajaksi")
    ]
    assert "1234567-8" in officer.get("/operators/applications").content.decode()
    assert decided(officer, decision="approve") == 302
    send_letters()
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["owner@saari.example"],
        "Saari on nyt liikenteenharjoittaja",
    )
    assert "/operators/saari/timetable" in mail.outbox[-1].body
    page = Client().get("/register/operators/saari").content.decode()
    assert "Traficom" in page
    pattern = enter(owner)
    assert fill(owner, pattern, "10:06 10:11 10:20").status_code == 302
    send(owner, f"seasons/{pattern.season_id}", do="release")
    send(owner, "fares", name="Kerta", category="adult", price="3.50", transfer_min="60")
    assert owner.post("/operators/saari/timetable").status_code == 302
    write_hosted_feed(operator_id=Operator.objects.get().pk)
    publish_network("coast", NOW)
    market.wait_for_pointer()
    stops = dict(HostedStop.objects.values_list("name", "code"))
    code = market.buy(f"saari:{stops['Satama']}", f"saari:{stops['Tori']}", "10:00")
    assert market.order(code)["status"]["charged"] == {"minor": 350, "currency": "EUR"}


def test_refused_with_a_reason_and_asked_again(market: Market, owner: Client) -> None:
    owner.post("/operators/apply", FACTS)
    assert owner.post("/operators/apply", FACTS).status_code == 422
    officer = member("region_officer", "coast")
    decided(officer, decision="refuse")
    assert OperatorApplication.objects.get().state == "APPLIED", "a refusal has a reason"
    decided(officer, decision="refuse", reason="The licence is over.")
    decided(officer, decision="approve")
    assert OperatorApplication.objects.get().state == "REFUSED"
    assert "The licence is over." in owner.get("/operators/apply").content.decode()
    send_letters()
    assert mail.outbox[-1].subject == "Saari: hakemusta ei hyväksytty"
    assert owner.post("/operators/apply", FACTS).status_code == 302
    assert not Operator.objects.exists()


def test_who_decides(market: Market, owner: Client) -> None:
    owner.post("/operators/apply", FACTS)
    Role.objects.create(user=User.objects.get(), kind="region_officer", scope="coast")
    assert decided(owner, decision="approve") == 302
    assert OperatorApplication.objects.get().state == "APPLIED", "nobody decides about their own"
    for stranger in (member("region_officer", "hills"), member("operator_staff", "saari"), member("desk_agent")):
        assert decided(stranger, decision="approve") == 404
    assert "Saari" not in member("region_officer", "woods").get("/operators/applications").content.decode()
    assert decided(Client(), decision="approve") == 302
    assert not Operator.objects.exists()
    assert decided(member("platform_staff"), decision="approve") == 302
    assert Role.objects.filter(kind="operator_staff", scope="saari", user__email="owner@saari.example").exists()


def test_names_are_told_apart(market: Market, owner: Client) -> None:
    market.sells("saari")
    owner.post("/operators/apply", FACTS | {"legal_name": "Saari"})
    decided(member("platform_staff"), decision="approve")
    assert OperatorApplication.objects.get().operator_code == "saari-2"


def test_nobody_takes_the_name_of_a_feed(market: Market, owner: Client) -> None:
    market.publish(saari=BUS)
    before = Interface.objects.get(name="saari")
    owner.post("/operators/apply", FACTS)
    decided(member("platform_staff"), decision="approve")
    assert OperatorApplication.objects.get().operator_code == "saari-2"
    Operator.objects.filter(code="saari-2").update(code="saari")  # as if it had been let through
    Role.objects.filter(kind="operator_staff").update(scope="saari")
    Service.objects.update(agency_id="saari:other")
    send(owner, f"seasons/{enter_line(owner).season_id}", do="release")
    write_hosted_feed(operator_id=Operator.objects.get().pk)
    after = Interface.objects.get(name="saari")
    assert (after.url, after.operator, after.versions.count()) == (before.url, None, 1)


def enter_line(owner: Client) -> HostedPattern:
    pattern = enter(owner)
    fill(owner, pattern, "10:06 10:11 10:20")
    return pattern


def test_a_name_that_no_header_takes_stops_nobody_s_letter(market: Market, owner: Client) -> None:
    owner.post("/operators/apply", FACTS | {"legal_name": "Evil\nCo"})
    member("platform_staff")
    send_letters()
    assert [each.subject for each in mail.outbox] == ["Evil Co haluaa liikenteenharjoittajaksi"]


def test_only_a_confirmed_address_applies(market: Market, owner: Client) -> None:
    EmailAddress.objects.update(verified=False)
    answer = owner.post("/operators/apply", FACTS)
    assert (answer.status_code, OperatorApplication.objects.count()) == (422, 0)
    assert "confirm your e-mail address" in answer.content.decode()
