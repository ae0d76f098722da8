"""`make bars [names]`: every group in turn, each in a process of its own.

A group prints a line `BAR name PASS|FAIL value/threshold …` for each of its bars, and ends with 1 where one failed. The
lines are kept in `var/bars.txt`. A bar that was not run counts as failed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "var" / "bars.txt"
GROUPS = {
    "api": ("12",),
    "buyers": ("10",),
    "feeds": ("21", "22"),
    "kills": ("6",),
    "ledger": ("17",),
    "machine": ("5",),
    "payments": ("13", "14", "16"),
    "realtime": ("realtime",),
    "reconciliation": ("20",),
    "rush": ("11",),
    "schemas": ("28",),
    "search": ("search.nigiri", "search.oracle"),
    "soak": ("7", "8", "9", "19"),
    "throughput": ("18", "30"),
    "tickets": ("26",),
    "transaction": ("1", "2", "3", "4", "15"),
}
"""The modules, and with what the names of their bars begin: at least one for each."""


def run(group: str) -> tuple[list[str], bool]:
    """The lines of a group, and whether it ended well."""
    command = [sys.executable, "-m", f"bars.{group}"]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            lines += [line] if line.startswith("BAR ") else []
    return lines, process.returncode == 0


def _is(name: str, begin: str) -> bool:
    return name == begin or (not begin.isdigit() and name.startswith(begin))


def main(chosen: list[str]) -> str:
    """What failed, or nothing."""
    if unknown := sorted(set(chosen) - set(GROUPS)):
        return f"there are no bars called {', '.join(unknown)}; there are: {', '.join(GROUPS)}"
    failed, kept = [], []
    for group in chosen or GROUPS:
        lines, well = run(group)
        kept += lines
        names = {line.split()[1]: line.split()[2] for line in lines}
        failed += [name for name, outcome in names.items() if outcome != "PASS"]
        failed += [f"{begin} (not run)" for begin in GROUPS[group] if not any(_is(each, begin) for each in names)]
        failed += [] if well or failed else [group]
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text("".join(kept))
    return f"failed: {', '.join(failed)}" if failed else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
