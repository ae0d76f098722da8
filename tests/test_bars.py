"""The short form of the bars that run real processes; `make bars` is the whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT


@pytest.mark.exhaustive
def test_real_time_in_short(shared_data: Path) -> None:
    environment = {**os.environ, "MAAS_TEST_DATA": str(shared_data)}
    command = [sys.executable, "-m", "bars.realtime", "--short"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert done.stdout.startswith("BAR realtime PASS")


@pytest.mark.exhaustive
def test_bars_21_and_22_in_short(shared_data: Path) -> None:
    environment = {**os.environ, "MAAS_TEST_DATA": str(shared_data)}
    done = subprocess.run(
        [sys.executable, "-m", "bars.feeds", "--short"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line.split()[:3] for line in done.stdout.splitlines() if line.startswith("BAR ")]
    assert sorted(lines) == [["BAR", "21", "PASS"], ["BAR", "22", "PASS"]], done.stderr
