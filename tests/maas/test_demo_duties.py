"""A demo's region states duties, so that its pages have something to say; however often it is started."""

from __future__ import annotations

import pytest
from django.test import Client

from maas.management.duties import LEGAL_BASIS, state_duties
from tests.features.duties import interface, operator, region, text
from tests.feeds import NOW
from transit.models import Duty
from transit.register.contents import KINDS

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_once_however_often_it_starts(client: Client) -> None:
    coast = region()
    for code in ("bus", "sea"):
        operator(code, coast)
    interface("sea")
    for _ in range(2):
        state_duties(coast, NOW)
    assert Duty.objects.count() == 2 * len(KINDS)
    page = text(client, "/register/duty")
    assert "1 operator is late." in page
    assert LEGAL_BASIS in page
    assert "Coast Council oversees the duty." in text(client, "/register/duty/bus")
