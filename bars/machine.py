"""Bar 5: anything in any order, drawn by Hypothesis. The machine is that of `tests/bookings/machine.py`.

`--runs N` (500), of fifty steps each on average; `--seed S` for others than the last time. What fails is kept in
var/hypothesis and tried first the next time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bars.report import ROOT, report

SEED, RUNS, STEPS, PROCESSES = 2026, 500, 50, min(4, os.cpu_count() or 1)
SAYS_EVERY_S = 30
MOST_STEPS = 70
"""Hypothesis ends many runs before they are as long as they may be."""
TEST = "tests/bookings/test_machine.py::test_whatever_happens_in_whatever_order"


def wait(trials: list[subprocess.Popen[bytes]], counts: list[Path]) -> tuple[int, int]:
    """How many runs and steps there were; twice a minute it says how far they have come."""
    said_at = time.monotonic()
    while True:
        running = [trial for trial in trials if trial.poll() is None]
        written = [each.read_text().split() for each in counts if each.exists()]
        runs, steps = (sum(int(each[column]) for each in written if each) for column in range(2))
        if not running:
            return runs, steps
        if time.monotonic() - said_at > SAYS_EVERY_S:
            said_at = time.monotonic()
            sys.stderr.write(f"  {runs} runs, {steps} steps\n")
        with suppress(subprocess.TimeoutExpired):
            running[0].wait(timeout=1)


def main() -> bool:
    """Whether the bar is passed."""
    wanted, seed = _number("--runs", RUNS), _number("--seed", SEED)
    share = -(-wanted // PROCESSES)
    failures = list[str]()
    with tempfile.TemporaryDirectory() as folder:
        trials, counts = [], [Path(folder) / f"{number}" for number in range(PROCESSES)]
        for number, count in enumerate(counts):
            command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", TEST]
            environment = {**os.environ, "TEST_DATABASE_URL": "", "MAAS_MACHINE": f"{share},{MOST_STEPS},{count}"}
            with count.with_suffix(".txt").open("w") as written:
                command += [f"--hypothesis-seed={seed + number}"]
                trials.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written))
        runs, steps = wait(trials, counts)
        for trial, count in zip(trials, counts, strict=True):
            failures += count.with_suffix(".txt").read_text().splitlines()[-60:] if trial.returncode else []
    failures += [f"only {runs} runs"] if runs < wanted else []
    failures += [f"only {steps / max(1, runs):.0f} steps a run"] if steps < runs * STEPS * 0.9 else []
    violations = len([line for line in failures if line.startswith("E   ") and "Violation" in line])
    value = f"{runs} runs, {steps} steps, {violations} violations"
    return report(5, failures, value, f"{wanted}, {STEPS} each, 0", seed)


def _number(word: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(word) + 1]) if word in sys.argv else default


if __name__ == "__main__":
    sys.exit(not main())
