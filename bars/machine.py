"""Bar 5: anything in any order, drawn by Hypothesis. The machine is that of `tests/bookings/machine.py`.

`--runs N` (500), of fifty steps each on average. What fails is kept in var/hypothesis and tried first the next time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bars.report import ROOT, report

SEED, RUNS, STEPS, PROCESSES = 2026, 500, 50, min(4, os.cpu_count() or 1)
MOST_STEPS = 70
"""Hypothesis ends many runs before they are as long as they may be."""
TEST = "tests/bookings/test_machine.py::test_whatever_happens_in_whatever_order"


def main() -> bool:
    """Whether the bar is passed."""
    wanted = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else RUNS
    share = -(-wanted // PROCESSES)
    failures, runs, steps = list[str](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        trials = []
        for number in range(PROCESSES):
            counts = Path(folder) / f"{number}"
            command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", TEST]
            trial = subprocess.Popen(
                [*command, f"--hypothesis-seed={SEED + number}"],
                cwd=ROOT, env={**os.environ, "TEST_DATABASE_URL": "", "MAAS_MACHINE": f"{share},{MOST_STEPS},{counts}"},
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            trials.append((trial, counts))
        for trial, counts in trials:
            written = trial.communicate()[0]
            failures += written.splitlines()[-60:] if trial.returncode else []
            if counts.exists():
                run, step = map(int, counts.read_text().split())
                runs, steps = runs + run, steps + step
    failures += [f"only {runs} runs"] if runs < wanted else []
    failures += [f"only {steps / max(1, runs):.0f} steps a run"] if steps < runs * STEPS * 0.9 else []
    violations = len([line for line in failures if line.startswith("E   ") and "Violation" in line])
    return report(5, failures, f"{runs} runs, {steps} steps, {violations} violations", f"{RUNS}, {STEPS} each, 0", SEED)


if __name__ == "__main__":
    sys.exit(not main())
