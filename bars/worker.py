"""`python -m bars.worker …`: the real Celery worker, and for gunicorn `bars.worker:application`, with a bar's twists.

With BARS_RESPAWN the worker is a child of this process, which begins another one at once when it is killed; it writes
its number into that file once it works.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bars import hours, production  # before all that looks at the clock or at the settings

# ruff: isort: split
from celery.signals import worker_ready
from django.db import connections

from bars import twists
from maas.asgi import application
from maas.celery import app

__all__ = ["application", "hours"]
assert production
twists.apply()


def main() -> None:
    """A worker, or with the word `beat` who wakes them."""
    if sys.argv[1] == "beat":
        app.start(["beat", "-l", "CRITICAL", "-s", sys.argv[2]])
    while ready := os.environ.get("BARS_RESPAWN"):
        connections.close_all()
        if (child := os.fork()) == 0:
            worker_ready.connect(lambda **_: Path(ready).write_text(f"{os.getpid()}"), weak=False)
            break
        os.waitpid(child, 0)
    app.worker_main(["worker", "-P", "threads", "-l", "CRITICAL", *sys.argv[1:]])


if __name__ == "__main__":
    main()
