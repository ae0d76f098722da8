"""Which interfaces are of which services: in one order, whatever the database sorts by."""

from __future__ import annotations

import pytest

from tests.features.duties import region
from transit.models import Interface, Operator, Service
from transit.register.ties import Ties


@pytest.mark.db
@pytest.mark.django_db
def test_digests_rest_on_no_collation() -> None:
    operator = Operator.objects.create(code="bus", region=region(), legal_name="Bus", country="FI")
    for name in ("b", "ä", "a-1", "a1", "B"):
        Service.objects.create(code=name, operator=operator, name=name, kind="bus")
        Interface.objects.create(name=name, operator=operator, format="GTFS", url=f"https://bus.example/{name}")
    ties, service = Ties(), Service.objects.get(code="b")
    order = ("B", "a-1", "a1", "b", "ä")
    assert ties.interfaces_of(service) == ties.services_of(Interface.objects.get(name="b")) == order
    named = Interface.objects.get(name="a1")
    named.services.set(Service.objects.all())
    assert Ties().services_of(named) == order
