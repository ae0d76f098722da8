"""`make bars [names]`: every group in turn, each in a process of its own; the results are in `var/bars.txt`.

A bar that was not run counts as failed.
"""

from __future__ import annotations

import subprocess
import sys

from bars.report import RESULTS, passed

GROUPS = {"feeds": (21, 22)}
"""The modules and the bars that each must report."""

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(GROUPS)
    if unknown := sorted(set(chosen) - set(GROUPS)):
        sys.exit(f"there are no bars called {', '.join(unknown)}; there are: {', '.join(GROUPS)}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text("")
    for group in chosen:
        subprocess.run([sys.executable, "-m", f"bars.{group}"], check=False)
    failed = [str(number) for group in chosen for number in GROUPS[group] if number not in passed()]
    sys.stdout.write(RESULTS.read_text())
    sys.exit(f"failed or not run: {', '.join(failed)}" if failed else 0)
