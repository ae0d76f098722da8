"""The last good GBFS files of every interface: kept as they came, in `mobility/<interface>/system.json`, `status.json`.

What changes seldom is kept apart from what there is now. Web processes read a file again when it is another one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from transit.feeds import aside
from transit.feeds.gbfs import CURRENT, Document, Refused, document_of, status_of, system_of
from transit.models import Interface, RealtimeState
from transit.routing.rentals import Rentals, Status, System

KEPT: Final = 32
"""Systems that a process remembers; a region has a few."""


class Part(StrEnum):
    """What is kept together; the name of the file."""

    SYSTEM = "system"
    STATUS = "status"


@dataclass(frozen=True)
class Files:
    """Files as they came: by name the text, with the `ETag` by which to ask whether there is a newer one.

    A name is that of a GBFS file; before 3.0 one in another language has that behind an @.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    etags: Mapping[str, str] = field(default_factory=dict)

    def documents(self) -> dict[str, Document]:
        """The files, read. Raises Refused."""
        return {name: document_of(name.partition("@")[0], text.encode()) for name, text in self.texts.items()}

    def system(self) -> System:
        """What changes seldom. Raises Refused."""
        own, others = {}, dict[str, dict[str, Document]]()
        for name, document in self.documents().items():
            kind, _, language = name.partition("@")
            if language:
                others.setdefault(language, {})[kind] = document
            else:
                own[kind] = document
        return system_of(own, others)

    def status(self, system: System) -> Status:
        """What there is now. Raises Refused."""
        return status_of({name: each for name, each in self.documents().items() if name in CURRENT}, system)


def path_of(interface: str, part: Part) -> Path:
    """Where files of an interface are kept."""
    return Path(settings.DATA_DIR) / "mobility" / interface / f"{part}.json"


def kept(interface: str, part: Part) -> Files:
    """The last good files; none where there are none yet."""
    try:
        found = json.loads(path_of(interface, part).read_bytes())
        return Files(found["texts"], found["etags"])
    except (FileNotFoundError, ValueError, KeyError):
        return Files()


def keep(interface: str, part: Part, files: Files) -> None:
    """Keep files in place of those before."""
    path = path_of(interface, part)
    content = json.dumps({"texts": dict(files.texts), "etags": dict(files.etags)}).encode()
    with aside.file(path.parent, ".incoming-") as (descriptor, written):
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(content)
        os.fsync(descriptor)
        written.replace(path)


def list_rentals() -> list[Rentals]:
    """The systems of which something good has been heard, with what they have."""
    rows = RealtimeState.objects.filter(interface__format=Interface.Format.GBFS, header_at__isnull=False)
    found = []
    for row in rows.select_related("interface").order_by("interface__name"):
        name = row.interface.name
        try:
            parts = [_stamp(path_of(name, part)) for part in (Part.SYSTEM, Part.STATUS)]
            found.append(_rentals(name, *parts))
        except (FileNotFoundError, Refused):
            continue
    return found


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_ino, about.st_mtime_ns


@lru_cache(maxsize=KEPT)
def _rentals(name: str, system_stamp: tuple[int, int], status_stamp: tuple[int, int]) -> Rentals:
    system = _system(name, system_stamp)
    return Rentals(name, system, kept(name, Part.STATUS).status(system))


@lru_cache(maxsize=KEPT)
def _system(name: str, stamp: tuple[int, int]) -> System:
    return kept(name, Part.SYSTEM).system()
