"""`python -m bars.worker …`: the real Celery worker, and for gunicorn `bars.worker:application`, with a bar's twists."""

from __future__ import annotations

import os
import sys

from maas.asgi import application  # it sets Django up

from bars import twists
from maas.celery import app

__all__ = ["application"]
twists.apply()

if __name__ == "__main__":
    os.environ["BARS_WORKER"] = "1"
    app.worker_main(["worker", "-P", "threads", "-l", "CRITICAL", *sys.argv[1:]])
