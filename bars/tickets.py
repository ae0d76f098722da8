"""Bar 26: of 100,000 spoilt tickets none is accepted; replays are found at the sync; verifying takes at most 2 ms.

The trials are those of `tests/bookings/test_ticket_bars.py`, whole instead of sampled.
"""

from __future__ import annotations

import os
import sys

import pytest

from bars.payments import Lines
from bars.report import report

FILE = "tests/bookings/test_ticket_bars.py"
SEED = 2026


def main() -> bool:
    """Whether the bar is passed; it leaves its line."""
    os.environ["MAAS_BARS"] = "long"
    lines = Lines()
    ended = pytest.main(["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", FILE], plugins=[lines])
    failures = lines.failures[26] or ([] if lines.values[26] else ["not run"])
    return report(26, failures, "; ".join(lines.values[26]), "0, all found, 2 ms", SEED) and ended == pytest.ExitCode.OK


if __name__ == "__main__":
    sys.exit(not main())
