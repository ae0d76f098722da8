"""Who may see and do what about the duty: every address, for every kind of person, of this region and of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from maas.accounts.models import User
from tests.features.duties import LAW, interface, operator, person, region, state
from tests.feeds import NOW
from transit.api.duty_urls import urlpatterns as api_addresses
from transit.models import AccessRequest, Complaint, Disclosure, Duty, Exemption, Operator
from transit.register import access, complaints, disclosers, exemptions
from transit.register.access import Asked, Said
from transit.register.complaints import Written
from transit.register.duty import Reach, Span
from transit.register.exemptions import Wish
from transit.web.duty_urls import urlpatterns as web_addresses

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "resident": (),
    "officer": (("region_officer", "coast"),),
    "national": (("region_officer", ""),),
    "other_officer": (("region_officer", "hills"),),
    "staff": (("operator_staff", "bus"),),
    "other_staff": (("operator_staff", "tram"),),
    "asker": (("provider", ""),),
    "other_provider": (("provider", "bus"),),
    "desk": (("desk_agent", ""),),
    "driver": (("driver", "bus"),),
    "inspector": (("inspector", "bus"),),
    "payer": (("payer", "bus"),),
    "delegate": (("delegate", ""),),
    "platform": (("platform_staff", ""),),
}
EVERYBODY = {"guest", *PEOPLE}
OFFICERS = {"officer", "national"}
PARTIES = {"staff", "asker", *OFFICERS}
# name of an address: who gets something there, and who may send a form
SEEN = {
    "duty": EVERYBODY,
    "duty-of-operator": EVERYBODY,
    "complain": EVERYBODY,
    "complaint": EVERYBODY,  # who has the letter
    "access": EVERYBODY,
    "access-mine": {"asker", "other_provider"},
    "access-ask": {"asker", "other_provider"},
    "access-request": PARTIES,
    "officer": {*OFFICERS, "other_officer"},
    "officer-region": OFFICERS,
    "officer-complaint": OFFICERS,
    "operator-duty": {"staff", *OFFICERS},
    "api-duties": EVERYBODY,
    "api-duties-csv": EVERYBODY,
    "api-access-records": EVERYBODY,
    "api-access-statistics": EVERYBODY,
    "api-complaints": EVERYBODY,
    "api-access-requests": {"asker", "other_provider"},
    "api-access-request": {"asker"},
}
SENT: dict[str, list[tuple[dict[str, Any], set[str]]]] = {
    "access-ask": [({"level": "1"}, {"asker", "other_provider"})],
    "access-move": [
        ({"to": "GRANTED"}, {"staff"}),
        ({"to": "WITHDRAWN"}, {"asker"}),
        ({"to": "SETTLED"}, OFFICERS),
    ],
    "officer-region": [
        ({"do": "state", "kind": "taxi", "level": "1", "due_on": "2026-10-31", "legal_basis": LAW}, OFFICERS),
        ({"do": "withdraw"}, OFFICERS),
        ({"do": "supervise", "supervision-answer_days": 3, "supervision-decision_days": 9}, OFFICERS),
    ],
    "officer-exemption": [({"decision": "grant", "answer": "So be it."}, OFFICERS)],
    "officer-complaint-move": [({"to": "UNDER_REVIEW"}, OFFICERS)],
    "operator-duty": [
        ({"do": "withdraw-exemption"}, {"staff"}),
        ({"do": "end"}, {"staff", *OFFICERS}),
        ({"do": "accept"}, OFFICERS),
    ],
    "api-access-request": [({"to": "WITHDRAWN"}, {"asker"})],
    "api-access-requests": [({"operator": "bus", "level": 1}, {"asker", "other_provider"})],
}
SAID = {"organisation": "Shop", "business_id": "1", "contact": "A", "email": "a@shop.example", "purpose": "Selling"}


@pytest.fixture
def people() -> dict[str, Client]:
    """Browsers of everybody, and one of each thing that has to do with the operator `bus` of the coast."""
    coast, hills = region(), region("hills", "Hills")
    for code, of in (("bus", coast), ("taxi", coast), ("tram", hills)):
        operator(code, of)
    state(coast)
    interface("bus")
    found = {"guest": Client()} | {name: person(f"{name}@a.example", *roles) for name, roles in PEOPLE.items()}
    users = {name: User.objects.get(email=f"{name}@a.example") for name in PEOPLE}
    access.ask(Asked("bus", 3, Said("Shop", "1", "A", "a@shop.example", "Selling")), users["asker"], NOW)
    AccessRequest.objects.update(escalated_at=NOW)
    exemptions.ask("bus", Wish("bus", 1, "small", "Two buses.", NOW.date(), None), users["staff"], NOW)
    disclosers.propose("bus", "taxi", Reach(), Span(NOW.date()), users["staff"], NOW)
    complaints.write(Written("bus", "old", "It is old.", "", "c@a.example", "en"), NOW)
    token = complaints.said(Complaint.objects.get()).token  # type: ignore[union-attr]
    complaints.confirm(token, NOW)
    return found


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    yield
    cache.clear()


def address(name: str) -> str:
    values: dict[str, Any] = {
        "operator": "bus",
        "region": "coast",
        "code": AccessRequest.objects.get().code,
        "token": complaints.said(Complaint.objects.get()).token,  # type: ignore[union-attr]
        "pk": (Exemption if name == "officer-exemption" else Complaint).objects.get().pk,
    }
    path, names = get_resolver().reverse_dict.getlist(name)[0][0][0]
    return f"/{path % {each: values[each] for each in names}}"


def test_every_address_is_in_the_table() -> None:
    named = {each.name for each in [*web_addresses, *api_addresses]}
    assert named == {*SEEN, *SENT}


@pytest.mark.parametrize("name", SEEN)
def test_who_sees(name: str, people: dict[str, Client]) -> None:
    seen = {who for who, browser in people.items() if browser.get(address(name)).status_code == 200}
    assert seen == SEEN[name]
    if name not in ("duty", "access") and SEEN[name] != EVERYBODY:
        refused = {browser.get(address(name)).status_code for who, browser in people.items() if who not in seen}
        assert refused <= {302, 404}


def facts() -> list[Any]:
    """All that somebody could change."""
    return [
        *AccessRequest.objects.values_list("state", "settled_at"),
        *Exemption.objects.values_list("state"),
        *Disclosure.objects.values_list("state"),
        *Complaint.objects.values_list("state"),
        *Duty.objects.values_list("pk", "withdrawn_at"),
        *Operator.objects.values_list("region__supervision__answer_days"),
    ]


@pytest.mark.parametrize(("name", "form", "may"), [(name, *each) for name, all_ in SENT.items() for each in all_])
def test_who_changes_what(name: str, form: dict[str, Any], may: set[str], people: dict[str, Client]) -> None:
    keys: dict[str, Any] = {"withdraw": Duty, "withdraw-exemption": Exemption, "end": Disclosure, "accept": Disclosure}
    body = form | SAID if "ask" in name or name == "api-access-requests" else form
    if kind := keys.get(str(form.get("do"))):
        body = body | {"pk": kind.objects.get().pk}
    before, changed = facts(), set()
    for who, browser in people.items():
        cache.clear()
        with transaction.atomic():
            if name.startswith("api-"):
                browser.post(address(name), body, "application/json")
            else:
                browser.post(address(name), body)
            changed |= {who} if facts() != before else set()
            transaction.set_rollback(True)
    assert changed == may
