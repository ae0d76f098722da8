"""The environment of the suite. Loaded by name (`-p` in pyproject.toml): pytest-django reads the settings before any
conftest is imported, so a conftest comes too late to say where the data and which the database is.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = tempfile.TemporaryDirectory(prefix="maas-tests-")
os.environ.update(
    MAAS_DEBUG="1",
    MAAS_DATA_DIR=SCRATCH.name,
    MAAS_KERNELS_DIR=str(ROOT / "var" / "kernels"),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{SCRATCH.name}/maas.sqlite3",
    CELERY_BROKER_URL="memory://",
    STRIPE_API_KEY="sk_test_twin",
    STRIPE_WEBHOOK_SECRET="whsec_twin",
    MAAS_EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)
