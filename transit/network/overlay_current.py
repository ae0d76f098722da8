"""Which overlay answers: the worker makes one of the last good messages, and web processes take it up.

The pointer is a file that names a folder beside it; it is replaced in one step. An overlay belongs to one network: of
another network's overlay nobody makes use, and a process that cannot open one answers by the timetable alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from transit.feeds import aside
from transit.feeds.realtime import DROPPED_AFTER, STALE_AFTER, Kind, LastMessage, last_messages
from transit.feeds.trip_updates import NotAMessage, read_trip_updates
from transit.network.current import current_network
from transit.network.overlay import Overlay, Source, write_overlay
from transit.network.overlay_base import Base
from transit.network.overlay_building import Said
from transit.network.overlay_runs import build
from transit.network.store import Network

_LOG = logging.getLogger(__name__)
POINTER = "current"
KEPT = 2
"""The overlay that answers and the one before it."""


def overlays_folder() -> Path:
    """Where overlays are kept."""
    folder = Path(settings.DATA_DIR) / "realtime" / ".overlays"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def refresh(now: datetime) -> Overlay | None:
    """Make an overlay of the last good messages for the network that answers, and let it answer.

    None where another process is just doing so. Where nothing has changed, the overlay is the one there is. Raises
    NoNetwork.
    """
    folder = overlays_folder()
    with aside.only_one(folder / ".lock") as alone:
        return _refreshed(folder, current_network(), now) if alone else None


def _refreshed(folder: Path, network: Network, now: datetime) -> Overlay:
    messages = [each for each in last_messages(Kind.TRIP_UPDATES) if _counts(each, network, now)]
    present = _CURRENT.get(network)
    if present is not None and [each[2] for each in present.sources] == [each.sha256 for each in messages]:
        return present
    overlay = lay_over(folder, network, messages, now)
    point_to(folder, overlay.folder.name)
    return overlay


def _counts(message: LastMessage, network: Network, now: datetime) -> bool:
    return message.feed in network.feeds and not message.is_dropped(now)


def lay_over(folder: Path, network: Network, messages: Sequence[LastMessage], now: datetime) -> Overlay:
    """Write an overlay of messages; a message that cannot be read is left out."""
    sources, said = [], []
    for message in messages:
        try:
            updates = read_trip_updates(message.path.read_bytes())
        except (OSError, NotAMessage):
            _LOG.exception("the last message of %s cannot be read", message.interface)
            continue
        said.append(Said(message.feed, updates))
        sources.append(Source(message.interface, message.feed, message.sha256, int(message.header_at.timestamp())))
    built = build(_base_of(network), said, int(now.timestamp()))
    if built.left_out:
        _LOG.debug("left out or mended in real time: %s", dict(+built.left_out))
    return Overlay(write_overlay(_new_name(folder), network.digest, sources, built))


@lru_cache(maxsize=1)
def _base_of(network: Network) -> Base:
    return Base(network)


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())


def _new_name(folder: Path) -> Path:
    return folder / str(max([0, *_numbers(folder)]) + 1)


def point_to(folder: Path, name: str) -> None:
    """Let an overlay answer, and remove those that nobody takes up any more; who has one mapped keeps its files."""
    aside_name = folder / f".{POINTER}"
    aside_name.write_text(name)
    aside_name.replace(folder / POINTER)
    for number in _numbers(folder)[:-KEPT]:
        aside.remove(folder / str(number))


class Current:
    """Holds the overlay that answers in this process. Looking whether there is a new one costs a `stat`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[Path, int, int] | None = None
        self._overlay: Overlay | None = None

    def get(self, network: Network) -> Overlay | None:
        """The overlay of a network; None where the timetable alone holds."""
        pointer = Path(settings.DATA_DIR) / "realtime" / ".overlays" / POINTER
        try:
            status = pointer.stat()
        except FileNotFoundError:
            return None
        seen = pointer, status.st_ino, status.st_mtime_ns
        if seen != self._seen:
            with self._lock:
                self._overlay, self._seen = self._opened(pointer), seen
        overlay = self._overlay
        return overlay if overlay is not None and overlay.digest == network.digest else None

    def _opened(self, pointer: Path) -> Overlay | None:
        try:
            return Overlay(pointer.with_name(pointer.read_text()))
        except (OSError, KeyError, ValueError):
            _LOG.exception("the real-time overlay cannot be opened; the timetable alone holds")
            return None


_CURRENT = Current()


def current_overlay(network: Network) -> Overlay | None:
    """The newest overlay of a network."""
    return _CURRENT.get(network)


class Age(NamedTuple):
    """The messages of an overlay, by number, that count for nothing any more, and those that are perhaps outdated.

    Whoever makes overlays leaves out the former; where that has come to a stop, web processes must.
    """

    dropped: frozenset[int]
    stale: frozenset[int]


def age_of(overlay: Overlay, now: datetime) -> Age:
    """What of an overlay is old."""
    return Age(*(_before(overlay, now - limit) for limit in (DROPPED_AFTER, STALE_AFTER)))


def _before(overlay: Overlay, at: datetime) -> frozenset[int]:
    return frozenset(i for i, source in enumerate(overlay.sources) if source.header_at < at.timestamp())
