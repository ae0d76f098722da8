"""`python -m bars.worker …`: the real Celery worker, and for gunicorn `bars.worker:application`, with a bar's twists.

With BARS_RESPAWN the worker is a child of this process, which begins another one at once when it is killed.
"""

from __future__ import annotations

import os
import sys

from bars import hours, production  # before all that looks at the clock or at the settings

# ruff: isort: split
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
    while os.environ.get("BARS_RESPAWN"):
        connections.close_all()
        if (child := os.fork()) == 0:
            break
        os.waitpid(child, 0)
    app.worker_main(["worker", "-P", "threads", "-l", "CRITICAL", *sys.argv[1:]])


if __name__ == "__main__":
    main()
