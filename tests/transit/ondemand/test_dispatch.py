"""A day of a service on demand, whatever happens."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.transit.ondemand.dispatch import COUNTED, Dispatch

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
# What is planned does not depend on the database: there, a few runs are enough.
RUNS = int(os.environ.get("MAAS_DISPATCH_RUNS", "25" if connection.vendor == "sqlite" else "6"))


def test_no_promise_is_broken_in_silence() -> None:
    quiet = settings(
        max_examples=RUNS,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        # What is found is short enough to be read; to make it shorter takes minutes.
        phases=(Phase.explicit, Phase.generate),
    )
    run_state_machine_as_test(Dispatch, settings=quiet)
    print(dict(COUNTED))
    assert COUNTED["held"]
    assert COUNTED["told"]
