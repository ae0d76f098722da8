"""The generated region with the service of a metropolis, drawn once and kept."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from bench.networks import ROOT
from maas.sandbox.region import region as regions
from maas.sandbox.region.lines import Density

SIZES = (1, 4, 16, 64)
MONDAY = date(2026, 11, 23)
DENSITY = Density(lines=4, often=3)
"""The largest has more than five million stop events on a weekday."""


def folder_of(size: int) -> Path:
    """The folder with the feeds and the streets of a size."""
    digest = hashlib.sha256(repr((size, DENSITY, MONDAY)).encode())
    for path in sorted(Path(regions.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    folder = ROOT / "var" / "bench" / "regions" / f"{size}-{digest.hexdigest()[:12]}"
    if not (folder / "region.json").exists():
        regions.write(regions.of_size(size, DENSITY), MONDAY, folder)
    return folder
