"""Published fares of all feeds into a network's folder."""

from __future__ import annotations

from transit.network.folder import Writer
from transit.network.merge import Merged


def write_fares(writer: Writer, merged: Merged) -> None:
    """Placeholder."""
