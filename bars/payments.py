"""Bars 13, 14, 16 and 17: payment messages in all orders, holds and authorisations, money that fails, the ledger.

The trials are those of `tests/bookings/payments/test_bars.py`, whole instead of sampled.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict

import pytest

from bars.report import report

FILE = "tests/bookings/payments/test_bars.py"
SEED = 2026


class Lines:
    """What the trials say of themselves, by the number of their bar."""

    def __init__(self) -> None:
        self.values: dict[int, list[str]] = defaultdict(list)
        self.failures: dict[int, list[str]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        number = int(report.nodeid.split("test_bar_")[1][:2])
        if report.failed:
            self.failures[number].append(f"{report.nodeid}: {report.longreprtext[-400:]}")
        if report.when == "call" and report.passed:
            said = str(dict(report.user_properties)["bar"]).split(" ", 1)[1]
            self.values[number].append(said.rpartition("/")[0])


THRESHOLDS = {13: "all alike, 0 rows", 14: "0 holds, 60 s", 16: "as documented", 17: "0 difference"}


def main() -> bool:
    """All of them; each leaves its line. Whether all are passed."""
    os.environ["MAAS_BARS"] = "long"
    lines = Lines()
    ended = pytest.main(["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", FILE], plugins=[lines])
    passed = ended == pytest.ExitCode.OK
    for number, threshold in THRESHOLDS.items():
        failures = lines.failures[number] or ([] if lines.values[number] else ["not run"])
        passed = report(number, failures, "; ".join(lines.values[number]), threshold, SEED) and passed
    return passed


if __name__ == "__main__":
    sys.exit(not main())
