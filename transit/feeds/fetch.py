"""Bytes from a path or an address → a file named by its hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transit.feeds import aside
from transit.feeds.notices import FeedError
from transit.remote import http

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store."""

    path: Path
    sha256: str
    size_bytes: int


def stored_path(store: Path, sha256: str) -> Path:
    """Where the file with this hash is kept."""
    return store / sha256[:2] / sha256


def fetch(source: str, store: Path) -> Stored:
    """Keep what is at a path or an https address. Raises FeedError, and RemoteError where the address fails."""
    with _chunks(source) as chunks:
        return _keep(chunks, store)


@contextmanager
def _chunks(source: str) -> Iterator[Iterable[bytes]]:
    """The bytes of a source, piece by piece."""
    if source.startswith(("https://", "http://")):
        with http.download(source, profile=http.FEED) as answer:
            yield answer.chunks
        return
    path = Path(source)
    if not path.is_file():
        raise FeedError(f"There is no file {source}. Give the path of a file or an https address.")
    with path.open("rb") as file:
        yield iter(lambda: file.read(_CHUNK), b"")


def _keep(chunks: Iterable[bytes], store: Path) -> Stored:
    """Write aside, sync, then rename to the name that the hash gives."""
    digest, size = hashlib.sha256(), 0
    with aside.file(store, ".incoming-") as (descriptor, written):
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        path = stored_path(store, digest.hexdigest())
        path.parent.mkdir(exist_ok=True)
        written.replace(path)
    return Stored(path, digest.hexdigest(), size)
