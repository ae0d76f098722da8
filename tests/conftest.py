"""Fixtures of the whole suite. The environment is set before Django reads its settings."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_scratch = tempfile.TemporaryDirectory(prefix="maas-tests-")
os.environ.update(
    MAAS_DEBUG="1",
    MAAS_DATA_DIR=_scratch.name,
    MAAS_KERNELS_DIR=str(ROOT / "var" / "kernels"),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_scratch.name}/maas.sqlite3",
    CELERY_BROKER_URL="memory://",
    STRIPE_API_KEY="sk_test_twin",
    STRIPE_WEBHOOK_SECRET="whsec_twin",
    MAAS_EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)

import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402

DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
SPECS = Path(os.environ.get("MAAS_TEST_SPECS", ROOT.parent / "shared" / "specs"))


def _present(path: Path, variable: str) -> Path:
    if path.is_dir():
        return path
    message = f"needs the shared test data: set {variable} (looked in {path})"
    if os.environ.get("MAAS_REQUIRE_TEST_DATA"):
        pytest.fail(message)
    pytest.skip(message)


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
        database.setdefault("TEST", {})["NAME"] = f"{_scratch.name}/test-{worker}.sqlite3"


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """A fresh MAAS_DATA_DIR for one test: feeds, networks and ticket keys of its own."""
    settings.DATA_DIR = tmp_path
    settings.TICKET_KEYS_DIR = tmp_path / "keys" / "tickets"
    return tmp_path
