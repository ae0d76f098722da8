"""What a network is built from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A stored file: a feed's zip under the feed's name, or an extract of streets."""

    name: str
    path: Path
    sha256: str
    is_streets: bool = False
