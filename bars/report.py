"""One line for each bar in the file of results."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(os.environ.get("MAAS_BARS_RESULTS", ROOT / "var" / "bars.txt"))


def report(number: int, failures: list[str], value: str, threshold: str, seed: int) -> None:
    """Write what a bar came to; it passed where nothing failed."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    for failure in failures:
        sys.stderr.write(f"bar {number}: {failure}\n")
    line = f"BAR {number} {'FAIL' if failures else 'PASS'} {value}/{threshold} seed={seed} {commit or 'no-commit'}\n"
    sys.stderr.write(line)
    with RESULTS.open("a") as file:
        file.write(line)


def passed() -> set[int]:
    """The bars that passed."""
    lines = (line.split() for line in RESULTS.read_text().splitlines())
    return {int(line[1]) for line in lines if line[2] == "PASS"}
