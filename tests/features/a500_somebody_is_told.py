"""Whatever a region has to know reaches somebody: its mailbox, else its officers, else the platform's staff."""

from __future__ import annotations

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from tests.features.a313_asking_for_access import asked, shop
from tests.features.duties import letters, person, sweep
from transit.models import Region, Supervision

__all__ = ["shop"]
OFFICER, ELSEWHERE, STAFF = ("region_officer", "coast"), ("region_officer", "hills"), ("platform_staff", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mailbox", "people", "told"),
    [
        ("duty@coast.example", {"o@coast.example": OFFICER, "s@site.example": STAFF}, ["duty@coast.example"]),
        ("", {"o@coast.example": OFFICER, "p@coast.example": OFFICER, "s@site.example": STAFF},
         ["o@coast.example", "p@coast.example"]),
        ("", {"o@hills.example": ELSEWHERE, "s@site.example": STAFF}, ["s@site.example"]),
    ],
)  # fmt: skip
def test_an_operator_is_silent(
    shop: Client, monday: Clock, mailbox: str, people: dict[str, tuple[str, str]], told: list[str]
) -> None:
    Supervision.objects.create(region=Region.objects.get(), email=mailbox)
    for email, role in people.items():
        person(email, role)
    asked(shop)
    letters()
    sweep("2027-11-23")
    monday.move_to("2027-11-23T12:00:00Z")
    sent = [each for each in letters() if "does not answer a provider" in each]
    assert [each.partition(":")[0] for each in sent] == told
    assert letters() == [], "once each"
