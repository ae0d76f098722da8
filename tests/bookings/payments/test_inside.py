"""Bar 18 sees what it is there for: a call to Stripe while a transaction is open."""

from __future__ import annotations

import pytest
from django.db import transaction

from bookings.services.calls import TransactionOpen
from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import in_process


@pytest.mark.django_db
def test_stripe_is_not_called_inside_a_transaction() -> None:
    client = in_process(StripeTwin())
    assert client.v1.balance.retrieve()
    with pytest.raises(TransactionOpen), transaction.atomic():
        client.v1.balance.retrieve()
