"""One line for each bar."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def report(number: int, failures: list[str], value: str, threshold: str, seed: int) -> bool:
    """Print what a bar came to; it passed where nothing failed. Whether it passed."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    for failure in failures:
        sys.stderr.write(f"bar {number}: {failure}\n")
    outcome = "FAIL" if failures else "PASS"
    sys.stdout.write(f"BAR {number} {outcome} {value}/{threshold} seed={seed} {commit or 'no-commit'}\n")
    sys.stdout.flush()
    return not failures
