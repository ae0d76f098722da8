"""Bars 7, 8, 9 and 19: orders go on coming while workers are killed, the database falls, messages are lost, clocks lie.

Each over a private PostgreSQL and Redis; bar 9 again on SQLite with a folder as its queue, and without any broker; bar
19 again in the nights in which clocks change. `--orders N` instead of what the bar asks for.
"""

from __future__ import annotations

import sys

from bars import hours
from bars.databases import NOWHERE, run_on
from bars.report import report

SEED, SETTLES_S = 2026, 120
ORDERS = {7: 500, 8: 150, 9: 60, 19: 60}
THRESHOLDS = {
    7: f"0 violations, at rest within {SETTLES_S} s",
    8: "10 falls, 0 violations, no request > 15 s",
    9: "all complete, added delay ≤ 30 s",
    19: "0 violations with clocks ± 10 min, all complete while they change by an hour",
}


def bar(number: int, orders: int) -> bool:
    """Whether it is passed."""
    failures, values = list[str](), list[str]()
    for name, engine, environment in _trials(number):
        given = run_on(engine, "bars.meddling", f"{number}", f"{orders}", **environment)
        failures += [f"{name}: {each}" for each in given["failures"]]
        values.append(f"{name}: {given['value']}")
    return report(number, failures, "; ".join(values), THRESHOLDS[number], SEED)


def _trials(number: int) -> list[tuple[str, str, dict[str, str]]]:
    """Where a bar is tried: what that is called, the database, and the environment."""
    found: list[tuple[str, str, dict[str, str]]] = [("PostgreSQL and Redis", "postgresql", {})]
    if number == 9:
        found.append(("SQLite and a folder", "sqlite", {}))
        found.append(("no broker at all", "postgresql", {"BARS_BROKER_URL": NOWHERE}))
    if number == 19:
        found += [(f"the night of {name}", "postgresql", {"BARS_NIGHT": name}) for name in hours.NIGHTS]
    return found


def main() -> bool:
    """The bars that are named, or all."""
    wished = int(sys.argv[sys.argv.index("--orders") + 1]) if "--orders" in sys.argv else 0
    chosen = [number for number in ORDERS if f"{number}" in sys.argv[1:]] or list(ORDERS)
    outcomes = [bar(number, wished or ORDERS[number]) for number in chosen]
    return all(outcomes)


if __name__ == "__main__":
    sys.exit(not main())
