"""The network that answers in this process.

The pointer in the database is the truth. It is read again at most once a second; a new network is opened beside the
old one and then takes its place in one assignment, so that a running query ends on the network on which it began.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError

from transit.models import Publication
from transit.network.kept import networks_folder
from transit.network.store import Network, open_network

_LOG = logging.getLogger(__name__)
RECHECK_S = 1.0


class NoNetwork(Exception):
    """No network was published yet."""


class Current:
    """Holds the network that answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: Network | None = None
        self._checked_at = float("-inf")

    def get(self) -> Network:
        """The network, at most RECHECK_S behind the pointer. Raises NoNetwork."""
        network = self._network
        if network is not None and time.monotonic() - self._checked_at < RECHECK_S:
            return network
        # Whoever comes while another thread looks goes on with the old network rather than wait.
        if not self._lock.acquire(blocking=network is None):
            return network  # type: ignore[return-value]
        try:
            if self._network is None or time.monotonic() - self._checked_at >= RECHECK_S:
                self._refresh()
                self._checked_at = time.monotonic()
        finally:
            self._lock.release()
        if self._network is None:
            raise NoNetwork("no network was published: import a feed and publish it")
        return self._network

    def _refresh(self) -> None:
        """Open the network that the pointer names, unless it is open; on failure the old one stays."""
        try:
            digest = _pointer()
        except DatabaseError:
            if self._network is None:
                raise
            _LOG.warning("the pointer to the network cannot be read; the network in use stays", exc_info=True)
            return
        folder = networks_folder() / digest if digest else None
        if folder is None or (self._network is not None and self._network.folder == folder):
            return
        try:
            self._network = open_network(folder)
        except (OSError, KeyError, ValueError):
            if self._network is None:
                raise
            _LOG.exception("network %s cannot be opened; the network in use stays", digest)


def _pointer() -> str | None:
    """The digest of the newest publication that stands."""
    return Publication.objects.filter(withdrawn_at=None).values_list("network__digest", flat=True).first()


_CURRENT = Current()


def current_network() -> Network:
    """The network that answers in this process. Raises NoNetwork."""
    return _CURRENT.get()
