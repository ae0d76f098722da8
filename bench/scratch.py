"""Django with a database and a data folder that are gone in the end. Importing it sets them up."""

from __future__ import annotations

import os
import tempfile

FOLDER = tempfile.TemporaryDirectory(prefix="maas-bench-")
os.environ.update(
    DJANGO_SETTINGS_MODULE="maas.settings",
    MAAS_DEBUG="1",
    MAAS_DATA_DIR=FOLDER.name,
    DATABASE_URL=f"sqlite:///{FOLDER.name}/maas.sqlite3",
    MAAS_LOG_LEVEL="ERROR",
)

import django  # noqa: E402

django.setup()
