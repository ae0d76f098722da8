"""Bars 10 and 11: many buyers and few seats, from HTTP to the database, on both engines.

With the guard off, who looks first and takes afterwards, the same rush sells the seat more than once.
"""

from __future__ import annotations

import os
import sys
from collections import Counter

from bars.databases import ENGINES, give, run_on
from bars.report import report

SEED = 2026
BUS_ONLY = ("bus:H", "bus:Q")
ERRORS = ("database is locked", "deadlock detected", "lock timeout", "OperationalError")


def trial(buyers: int) -> None:
    """Bar 10, in this process' database."""
    from bars import truth  # noqa: PLC0415 - it needs the environment of a trial
    from bars.stage import at_once, log, offers, staged  # noqa: PLC0415

    with staged(seats=1, BARS_IN_FLIGHT_S="3") as stage:
        several = bool(os.environ.get("BARS_DATABASE_URL"))
        for number in range(1 + several):
            stage.work(threads=12 if several else 4, beat=number == 0)
        told = at_once(offers(stage, buyers, BUS_ONLY))
        outcomes = Counter(f"{each.state}({each.reason})" if each.reason else each.state for each in told)
        failures = truth.everything(stage)
        state = stage.state("stripe")
        intents = [row["status"] for row in state["payment_intent"] if row["status"] != "canceled"]
        written = log()
    failures += [f"{count} × {text!r}" for text in ERRORS if (count := written.count(text))]
    broken = Counter(status for each in told for status in each.statuses if status >= 500 or not status)
    why = Counter(each for buyer in told for each in buyer.broken).most_common(5)
    failures += [f"answers {dict(broken)}, {why}"] if broken else []
    failures += [f"payments {intents}"] if intents != ["succeeded"] else []
    expected = {"COMPLETED": 1, "FAILED(sold_out)": buyers - 1}
    failures += [f"{dict(outcomes)}"] if outcomes != expected else []
    sold, slowest = outcomes["COMPLETED"], max(each.took_s for each in told)
    value = f"{sold} sold, {outcomes['FAILED(sold_out)']} refused of {buyers}, {slowest:.0f} s"
    give(value, failures[:20], sold=sold)


def bar_10(buyers: int) -> bool:
    """One seat. Whether the bar is passed."""
    failures, values = [], []
    for engine in ENGINES:
        given = run_on(engine, "bars.buyers", "--trial", f"{buyers}")
        failures += [f"{engine}: {each}" for each in given["failures"]]
        values.append(f"{engine}: {given['value']}")
    unguarded = run_on("postgresql", "bars.buyers", "--trial", f"{buyers // 4}", BARS_GUARD="off")
    values.append(f"guard off: {unguarded.get('sold')} sold")
    failures += ["without the guard nothing goes wrong either"] if unguarded.get("sold", 0) < 2 else []
    return report(10, failures, "; ".join(values), f"1 sold, {buyers - 1} refused, 0 errors", SEED)


def main() -> bool:
    """Whether both bars are passed."""
    buyers = int(sys.argv[sys.argv.index("--buyers") + 1]) if "--buyers" in sys.argv else 200
    if "--trial" in sys.argv:
        trial(int(sys.argv[sys.argv.index("--trial") + 1]))
        return True
    return bar_10(buyers)


if __name__ == "__main__":
    sys.exit(not main())
