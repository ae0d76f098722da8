"""A scratch world for bars: data, database, and the real server over them. Import it before anything of the product."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

import tests.environment  # first: what it sets in the environment is set anew here
from bars import hours  # before all that looks at the clock

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
_scratch = tempfile.TemporaryDirectory(prefix="maas-bars-")
SCRATCH = Path(_scratch.name)
assert tests.environment.SCRATCH
os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
os.environ.update(
    MAAS_DEBUG="1",
    MAAS_DATA_DIR=str(SCRATCH / "data"),
    MAAS_KERNELS_DIR=str(ROOT / "var" / "kernels"),
    MAAS_LOG_LEVEL="CRITICAL",
    MAAS_SEARCH_RATE="1000000/min",
    DATABASE_URL=os.environ.get("BARS_DATABASE_URL") or f"sqlite:///{SCRATCH}/maas.sqlite3",
    CELERY_BROKER_URL=os.environ.get("BARS_BROKER_URL") or "filesystem://",
    DJANGO_SETTINGS_MODULE="maas.settings",
)
DAY = (hours.NIGHT.change_at if hours.NIGHT else datetime.now(UTC) + timedelta(days=1)).date().isoformat()
"""The day of all searches: nobody travels in the past."""
PATIENCE_S = 300.0
"""How long a server may take until it answers: a machine may have much else to do."""
TOKEN = re.compile(rb'"token":"[^"]*"')


def end(process: subprocess.Popen[bytes]) -> None:
    """It ends by itself, or is ended: who waits for what it wrote must not wait for ever."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Server:
    """The site under gunicorn, two processes; on a port of its own unless one is given."""

    def __init__(self, log: Path, port: int = 0, application: str = "maas.asgi:application") -> None:
        with socket.create_server(("127.0.0.1", port)) as free:
            self._port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-k", "asgi", "-w", "2", "-b", f"127.0.0.1:{self._port}"]
        with log.open("wb") as out:
            self._process = subprocess.Popen([*command, application], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        # No connection is kept: a server may close an idle one at the moment in which it is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        address = f"http://127.0.0.1:{self._port}/api/v1/"
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=20, limits=limits)

    def get(self, path: str, **parameters: Any) -> bytes:
        """The answer, but for the tokens, in which the second is written. Raises httpx.HTTPError."""
        answer = self._client.get(path, params=parameters)
        answer.raise_for_status()
        return TOKEN.sub(b'"token":""', answer.content)

    def plan(self, origin: str, destination: str, at: str = "08:00") -> bytes:
        """A search by public transport, for the best alone."""
        asked = {"from": origin, "to": destination, "time": f"{DAY}T{at}", "window": "0", "modes": "bus,tram,ferry"}
        return self.get("plan", **asked)

    def wait_until_ready(self) -> None:
        """Until it answers. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                self.get("places", q="a")
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the server did not begin to answer")

    @property
    def pid(self) -> int:
        """The number of the process that has started the others."""
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        self._client.close()
        end(self._process)


@contextmanager
def server() -> Iterator[Server]:
    """The site, answering."""
    site = Server(SCRATCH / "server.log")
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()
