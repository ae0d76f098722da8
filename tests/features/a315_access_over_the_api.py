"""A partner's system asks for access over the API, within its scope, and sees its own requests alone."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.features.a173_a_partner_sells import System
from tests.features.a313_asking_for_access import WISH, staff
from tests.features.duties import interface, operator, region
from transit.models import AccessRequest

__all__ = ["staff"]
pytestmark = [pytest.mark.db, pytest.mark.django_db]
REQUESTS = "/api/v1/register/access-requests"
BODY = WISH | {"operator": "bus", "level": 3}


@pytest.fixture
def shop() -> Client:
    operator("bus", region())
    interface("bus", "TOMP-2.0", "shop")
    return System("Shop", "access").client()


def test_asked_answered_used(shop: Client, staff: Client) -> None:
    made = shop.post(REQUESTS, BODY, "application/json", headers={"Accept-Language": "fi"})
    assert made.status_code == 201
    found = made.json()
    assert (found["stage"], found["interface"], found["answer_by"], found["moves"]) == (
        "ASKED",
        "shop",
        "2026-12-07",
        ["WITHDRAWN"],
    )
    assert AccessRequest.objects.get().language == "fi"
    again = shop.post(REQUESTS, BODY, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "asked_already")
    staff.post(f"/register/access/requests/{found['code']}/move", {"to": "GRANTED", "answer": "Welcome."})
    one = f"{REQUESTS}/{found['code']}"
    granted = shop.get(one).json()
    assert (granted["stage"], granted["answer"], granted["moves"]) == ("GRANTED", "Welcome.", ["IN_USE", "WITHDRAWN"])
    assert shop.post(one, {"to": "IN_USE"}, "application/json").json()["stage"] == "IN_USE"
    refused = shop.post(one, {"to": "WITHDRAWN"}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_possible_now")
    assert [each["stage"] for each in shop.get(one).json()["steps"]] == ["GRANTED", "IN_USE"]


def test_page_by_page(shop: Client) -> None:
    for level in (1, 2, 3):
        assert shop.post(REQUESTS, BODY | {"level": level}, "application/json").status_code == 201
    found, address = [], f"{REQUESTS}?limit=2"
    while address:
        body = shop.get(address).json()
        found += [each["level"] for each in body["requests"]]
        address = body["next"]
    assert found == [3, 2, 1]
    found, address = [], "/api/v1/register/access-records?limit=2&operator=bus"
    while address:
        body = Client().get(address).json()
        found += [each["level"] for each in body["records"]]
        address = body["next"]
    assert found == [3, 2, 1]


def test_others_see_nothing_of_it(shop: Client) -> None:
    code = shop.post(REQUESTS, BODY, "application/json").json()["code"]
    other = System("Other", "access").client()
    assert other.get(REQUESTS).json() == {"requests": [], "next": None}
    for browser, status in ((other, 404), (Client(), 404), (System("Plain", "orders").client(), 403)):
        assert browser.get(f"{REQUESTS}/{code}").status_code == status
        assert browser.post(f"{REQUESTS}/{code}", {"to": "WITHDRAWN"}, "application/json").status_code == status
    assert Client().post(REQUESTS, BODY, "application/json").status_code == 404
    assert AccessRequest.objects.get().state == "ASKED"


def test_what_is_wrong_is_said(shop: Client) -> None:
    wrong = shop.post(REQUESTS, {"operator": "bus", "level": 9}, "application/json").json()
    assert {each["field"] for each in wrong["errors"]} >= {"level", "organisation", "email", "purpose"}
    assert shop.post(REQUESTS, BODY | {"operator": "none"}, "application/json").status_code == 404
    nothing = shop.post(REQUESTS, BODY | {"interface": "none"}, "application/json")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_interface")
