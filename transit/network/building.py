"""What a worker child does to make a network: build its folder, then open it and ask it the first questions.

Imported by worker children only.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from transit.network import canary
from transit.network.build import build
from transit.network.sources import Source
from transit.network.stations import Override
from transit.network.store import open_network


def build_the_network(sources: list[dict[str, Any]], networks: str, overrides: list[dict[str, Any]]) -> str:
    """The name of the network's folder in `networks`. Raises FeedError."""
    # This process ends with the network, and among millions of places there is no ring that would have to be collected.
    gc.disable()
    files = [Source(**{**row, "path": Path(row["path"])}) for row in sources]
    folder = build(files, Path(networks), [Override(**row) for row in overrides])
    canary.ask(open_network(folder))
    return folder.name
