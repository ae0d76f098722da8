"""The last good GOFS files of every interface: kept as they came, in `mobility/<interface>/gofs.json`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from transit.feeds import aside
from transit.feeds.gbfs import Refused, document_of
from transit.feeds.gofs import OnCall, addresses_of, system_of
from transit.models import Interface, RealtimeState

DISCOVERY = "gofs"
LANGUAGES = ("en", "fi", "ja")


def path_of(interface: str) -> Path:
    """Where the files of an interface are kept."""
    return _folder() / interface / "gofs.json"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mobility"


def read(texts: Mapping[str, str]) -> OnCall:
    """A system out of its files, by name; the discovery file is among them. Raises Refused."""
    documents = {name: document_of(name, text.encode()) for name, text in texts.items()}
    return system_of(documents, addresses_of(documents[DISCOVERY], LANGUAGES))


def keep(interface: str, texts: Mapping[str, str]) -> None:
    """Keep files in place of those before."""
    path = path_of(interface)
    with aside.file(path.parent, ".incoming-") as (descriptor, written):
        with os.fdopen(os.dup(descriptor), "w") as stream:
            json.dump(dict(texts), stream)
        os.fsync(descriptor)
        written.replace(path)


def list_on_call() -> list[tuple[Interface, OnCall]]:
    """The systems of which something good has been read, by the name of the interface.

    Where no file is there, the database is not asked: most regions have none.
    """
    if not any(_folder().glob("*/gofs.json")):
        return []
    rows = RealtimeState.objects.filter(interface__format=Interface.Format.GOFS, header_at__isnull=False)
    found = []
    for row in rows.select_related("interface__operator").order_by("interface__name"):
        try:
            about = path_of(row.interface.name).stat()
            found.append((row.interface, _system(row.interface.name, (about.st_ino, about.st_mtime_ns))))
        except (FileNotFoundError, Refused, ValueError, KeyError):
            continue
    return found


@lru_cache(maxsize=32)
def _system(name: str, stamp: tuple[int, int]) -> OnCall:
    return read(json.loads(path_of(name).read_text()))
