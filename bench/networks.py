"""The network of a real city for a benchmark, built once and kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from transit.routing.kernels import source_hash

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "var" / "kernels" / source_hash()))

from transit.network.build import Source, build  # noqa: E402
from transit.network.store import Network, open_network  # noqa: E402

DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))


def network_of(city: str) -> Network:
    """The network of a folder of feeds and street extracts. Raises FileNotFoundError."""
    files = [path for path in sorted((DATA / city).iterdir()) if path.suffix in {".zip", ".pbf"}]
    sources = [
        Source(path.name.split(".")[0], path, hashlib.sha256(path.read_bytes()).hexdigest(), path.suffix == ".pbf")
        for path in files
    ]
    folder = ROOT / "var" / "bench" / "networks"
    folder.mkdir(parents=True, exist_ok=True)
    return open_network(build(sources, folder))
