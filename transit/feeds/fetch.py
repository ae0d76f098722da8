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
from transit.remote.http import RemoteError

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


@dataclass(frozen=True, slots=True)
class Tags:
    """What a server calls the state of a file (RFC 9110 §8.8): given back to it, it need not send the same again."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Those of a conditional request."""
        known = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in known.items() if value}


def fetch_changed(url: str, store: Path, tags: Tags) -> tuple[Stored | None, Tags]:
    """Keep what is at an https address unless it is still as its `tags` say (None). Raises RemoteError, FeedError."""
    with http.download(url, headers=tags.headers, profile=http.FEED) as answer:
        if answer.status == 304:
            if not tags.headers:
                raise RemoteError(f"{url}: not modified, though never read", permanent=False)
            return None, tags
        new = Tags(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        stored = _keep(answer.chunks, store)
    return stored, new if len(new.etag) <= 200 and len(new.last_modified) <= 60 else Tags()


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
