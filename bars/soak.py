"""Bars 7, 8, 9 and 19: orders go on coming while workers are killed, the database falls, messages are lost, clocks lie.

Each over a private PostgreSQL and Redis; bar 9 again on SQLite with a folder as its queue. `--orders N` instead of what
the bar asks for.
"""

from __future__ import annotations

import sys

from bars.databases import run_on
from bars.report import report

SEED, SETTLES_S = 2026, 120
ORDERS = {7: 500, 8: 150, 9: 60, 19: 60}
THRESHOLDS = {
    7: f"0 violations, at rest within {SETTLES_S} s",
    8: "10 falls, 0 violations, no request > 15 s",
    9: "all complete, added delay ≤ 30 s",
    19: "0 violations with clocks ± 10 min",
}


def bar(number: int, orders: int) -> bool:
    """Whether it is passed."""
    words = ("bars.meddling", f"{number}", f"{orders}")
    given = run_on("postgresql", *words)
    failures, value = given["failures"], given["value"]
    if number == 9:
        other = run_on("sqlite", *words)
        failures += [f"SQLite and a folder: {each}" for each in other["failures"]]
        value = f"PostgreSQL and Redis: {value}; SQLite and a folder: {other['value']}"
    return report(number, failures, value, THRESHOLDS[number], SEED)


def main() -> bool:
    """The bars that are named, or all."""
    wished = int(sys.argv[sys.argv.index("--orders") + 1]) if "--orders" in sys.argv else 0
    chosen = [number for number in ORDERS if f"{number}" in sys.argv[1:]] or list(ORDERS)
    outcomes = [bar(number, wished or ORDERS[number]) for number in chosen]
    return all(outcomes)


if __name__ == "__main__":
    sys.exit(not main())
