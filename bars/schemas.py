"""Bar 28, the part of schemas: whatever is sent to the TOMP server and to our own API, nothing breaks.

0 server errors, 0 answers that are not as the OpenAPI documents have them. The trial is that of
`tests/features/a348_whatever_is_sent.py`, with many more examples of each operation.
"""

from __future__ import annotations

import os
import sys

import pytest

from bars.report import report

FILE = "tests/features/a348_whatever_is_sent.py"
SEED = 2026


class Outcomes:
    """What became of each trial."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failures: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one trial; a trial that is skipped was not run."""
        if report.failed or report.skipped:
            self.failures.append(f"{report.nodeid} {report.outcome}: {report.longreprtext[-4000:]}")
        elif report.when == "call":
            self.passed.append(report.nodeid.rpartition("::")[2])


def main() -> bool:
    """Whether the bar is passed; it leaves its line."""
    os.environ["MAAS_BARS"] = "long"
    outcomes = Outcomes()
    ended = pytest.main(["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", FILE], plugins=[outcomes])
    failures = outcomes.failures or ([] if len(outcomes.passed) == 2 else ["not run"])
    value = f"{len(failures)} failures in {', '.join(outcomes.passed)}"
    return report(28, failures, value, "0", SEED) and ended == pytest.ExitCode.OK


if __name__ == "__main__":
    sys.exit(not main())
