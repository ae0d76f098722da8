"""Bar 12: our own API does one thing for one Idempotency-Key, however often and however quickly it is asked.

The trial is that of `tests/bookings/test_key_bars.py`, with fifty hands instead of a few.
"""

from __future__ import annotations

import os
import sys

import pytest

from bars.payments import Lines
from bars.report import report

FILE = "tests/bookings/test_key_bars.py"
SEED = 2026


def main() -> bool:
    """Whether the bar is passed; it leaves its line."""
    os.environ["MAAS_BARS"] = "long"
    lines = Lines()
    ended = pytest.main(["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", FILE], plugins=[lines])
    failures = lines.failures[12] or ([] if lines.values[12] else ["not run"])
    return report(12, failures, "; ".join(lines.values[12]), "1 each", SEED) and ended == pytest.ExitCode.OK


if __name__ == "__main__":
    sys.exit(not main())
