"""Fixtures of the whole suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from django.db import connections
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import TransactionTestCase
from django.utils import translation

from bookings.services import runner
from bookings.services.calls import forbid_transaction
from tests import emptying
from tests.environment import ROOT, SCRATCH
from transit.ondemand import days

DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
SPECS = Path(os.environ.get("MAAS_TEST_SPECS", ROOT.parent / "shared" / "specs"))


def _present(path: Path, variable: str) -> Path:
    if path.is_dir():
        return path
    message = f"needs the shared test data: set {variable} (looked in {path})"
    if os.environ.get("MAAS_REQUIRE_TEST_DATA"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session", autouse=True)
def no_call_inside_a_transaction() -> Iterator[None]:
    """Bar 18, always on: the guarded client refuses by itself, Stripe's own client refuses here, in whatever test."""

    def refusing(self: stripe.HTTPClient, *args: Any, **fields: Any) -> Any:
        forbid_transaction()
        return request(self, *args, **fields)

    with pytest.MonkeyPatch.context() as patch:
        request = stripe.HTTPClient.request_with_retries
        patch.setattr(stripe.HTTPClient, "request_with_retries", refusing)
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_by_deleting() -> Iterator[None]:
    """How pytest-django empties the database after a test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: emptying.empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def no_connection_is_kept() -> Iterator[None]:
    """The runner's threads live on, and would keep the database from being removed at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "close_old_connections", connections.close_all)
        yield


@pytest.fixture(scope="session", autouse=True)
def removed_whoever_is_connected() -> Iterator[None]:
    """Threads that answer requests live on as well: PostgreSQL is told not to wait for them at the end."""

    def remove(self: DatabaseCreation, name: str, verbosity: int) -> None:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(name)} WITH (FORCE)")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_destroy_test_db", remove)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real feeds and streets; the test is skipped, or in CI fails, without it."""
    return _present(DATA, "MAAS_TEST_DATA")


@pytest.fixture(scope="session")
def shared_specs() -> Path:
    """The folder of published schemas; the test is skipped, or in CI fails, without it."""
    return _present(SPECS, "MAAS_TEST_SPECS")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A file, not memory: threads of one test must share the database as processes share it in production."""
    database: dict[str, Any] = django_settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database.setdefault("TEST", {})["NAME"] = f"{SCRATCH.name}/test-{worker}.sqlite3"


@pytest.fixture(autouse=True)
def numbers_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of rules may have the number of one of another test, which was rolled back."""
    monkeypatch.setattr(days, "_kept", {})


@pytest.fixture(autouse=True)
def in_nobodys_language() -> Iterator[None]:
    """Whatever language the last page was answered in, the next test begins in the usual one."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """A fresh MAAS_DATA_DIR for one test: feeds, networks and ticket keys of its own."""
    settings.DATA_DIR = tmp_path
    settings.TICKET_KEYS_DIR = tmp_path / "keys" / "tickets"
    return tmp_path
