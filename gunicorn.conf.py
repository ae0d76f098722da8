"""What gunicorn reads where it is started: the queue of connections is as long as `backlog` says, in every rush.

Its ASGI worker has asyncio listen again with a queue of 100. Who finds that full waits for seconds, then for twice as
many, until its patience ends: a rush of buyers would see broken connections while the site is only busy.
"""

from functools import partial
from typing import Any


def post_worker_init(worker: Any) -> None:
    """Before a worker begins to listen."""
    worker.loop.create_server = partial(worker.loop.create_server, backlog=worker.cfg.backlog)
