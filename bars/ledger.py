"""Bar 17: the ledger is sound after every test that sells something, on SQLite and on PostgreSQL.

Runs the tests of bookings whose fixture checks the ledger (tests/bookings/ledger_checks.py), and counts these checks.
PostgreSQL is the one that TEST_DATABASE_URL names; without it the bar has not passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bars.report import ROOT, report

TESTS = ("tests/bookings/ledger", "tests/bookings/services", "tests/bookings/test_booking.py")
LONG = ("tests/bookings/test_letting_go.py", "tests/bookings/test_crashes.py", "tests/bookings/test_faults.py")


def checked(engine: str, url: str, short: bool) -> tuple[int, int, list[str]]:
    """How many ledgers with how many entries were checked on an engine, and what failed."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-m", "db", *TESTS, *(() if short else LONG)],
            cwd=ROOT,
            env={**os.environ, "TEST_DATABASE_URL": url, "MAAS_LEDGER_CHECKS": str(counts)},
            capture_output=True,
            text=True,
            check=False,
        )
        rows = counts.read_text().split() if counts.exists() else []
    tail = done.stdout.strip().splitlines()[-15:]
    return len(rows), sum(map(int, rows)), [f"{engine}: {line}" for line in tail] if done.returncode else []


def main() -> bool:
    """Whether the bar is passed."""
    short = "--short" in sys.argv
    postgresql = os.environ.get("TEST_DATABASE_URL", "")
    ledgers, entries, failed = checked("SQLite", "", short)
    value = f"SQLite:{ledgers}-ledgers,{entries}-entries"
    if postgresql:
        more, others, also = checked("PostgreSQL", postgresql, short)
        value, failed = f"{value},PostgreSQL:{more}-ledgers,{others}-entries", [*failed, *also]
    elif not short:
        failed.append("TEST_DATABASE_URL names no PostgreSQL")
    if not ledgers:
        failed.append("nothing was checked")
    return report(17, failed, f"{len(failed)}-differences({value})", "0", 0)


if __name__ == "__main__":
    sys.exit(not main())
