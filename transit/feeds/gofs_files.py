"""The last good GOFS files of every interface: kept as they came, in `mobility/<interface>/gofs.json`."""

from __future__ import annotations

import json
import os
import time
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
RECHECK_S = 1.0

_none_at: dict[str | Path, float] = {}
"""By the folder of all data, when it was last seen to hold no file. Every search asks, and each step on files lets
other threads go first.
"""


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
    _none_at.pop(settings.DATA_DIR, None)


def list_on_call() -> list[tuple[Interface, OnCall]]:
    """The systems of which something good has been read, by the name of the interface.

    Where no file is there, the database is not asked: most regions have none. What another process has written is
    seen after RECHECK_S at the latest.
    """
    if _is_none():
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


def _is_none() -> bool:
    now_s = time.monotonic()
    if now_s - _none_at.get(settings.DATA_DIR, float("-inf")) < RECHECK_S:
        return True
    if any(_folder().glob("*/gofs.json")):
        return False
    _none_at[settings.DATA_DIR] = now_s
    return True


@lru_cache(maxsize=32)
def _system(name: str, stamp: tuple[int, int]) -> OnCall:
    return read(json.loads(path_of(name).read_text()))
