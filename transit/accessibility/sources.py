"""What a network was made of, for engines that read the files themselves."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Sources(NamedTuple):
    """The extracts, and feeds by name."""

    streets: list[Path]
    feeds: dict[str, Path]
