"""`make bench`: every benchmark in turn. Each prints figures with their bar, and ratios to a peer in the same run."""

from __future__ import annotations

import subprocess
import sys

BENCHES = [
    "bench.imports",
    "bench.search",
    "bench.isochrone",
    "bench.matrix",
    "bench.plan",
    "bench.darp",
    "bench.dispatch",
    "bench.rides",
    "bench.criteria",
    "bench.places",
    "bench.realtime",
    "bench.probes",
    "bench.register",
    "bench.web",
    "bench.clients",
    "bench.growth",
]

if __name__ == "__main__":
    # Each in a process of its own: peak memory and warm caches of one must not flatter another.
    failed = [name for name in BENCHES if subprocess.run([sys.executable, "-m", name], check=False).returncode]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
