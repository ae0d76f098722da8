"""Servers of a bar's own: it may kill a database and empty a queue, because nobody else has anything in them."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("sqlite", "postgresql")
NOWHERE = "redis://127.0.0.1:1/0"
"""A broker that is not there."""
# Who is ended ends what it has started.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Postgres:
    """A PostgreSQL server in a scratch folder, as whoever may run one."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Its database's address."""
        return f"postgresql://maas@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the cluster and start it."""
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(self.folder, postgres.pw_uid, postgres.pw_gid)
        self._run("initdb", "-U", "maas", "--auth=trust", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=300"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def die(self) -> None:
        """Stop it as a power cut does: nothing is written any more, connections break."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def log(self) -> str:
        """What it has written so far."""
        return (self.folder / "log").read_text(errors="replace")

    def _run(self, program: str, *words: str) -> None:
        newest = max(Path("/usr/lib/postgresql").iterdir(), key=lambda each: int(each.name))
        command = [str(newest / "bin" / program), "-D", str(self.folder / "data"), *words]
        user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **user)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="maas-bars-pg-"))
    server = Postgres(folder)
    try:
        server.create()
        yield server
    finally:
        server.die()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis server that is gone afterwards."""
    port = free_port()
    command = ["redis-server", "--port", f"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=30)


def run_on(engine: str, module: str, *words: str, **environment: str) -> dict[str, Any]:
    """What a trial, told in a process of its own over an empty database of an engine, gives by `give`."""
    if engine == "sqlite":
        return _run(module, *words, **environment)
    with postgres() as server, redis() as broker:
        where = {"BARS_POSTGRES": f"{server.folder}", "BARS_POSTGRES_PORT": f"{server.port}"}
        where |= {"BARS_DATABASE_URL": server.url, "BARS_BROKER_URL": broker}
        return _run(module, *words, **(where | environment))


def _run(module: str, *words: str, **environment: str) -> dict[str, Any]:
    command = [sys.executable, "-m", module, *words]
    environment = {**os.environ, **environment}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as trial:
        try:
            written = trial.communicate()[0]
        except BaseException:
            trial.terminate()
            raise
    for line in reversed(written.splitlines()):
        if line.startswith("GIVEN "):
            given: dict[str, Any] = json.loads(line.removeprefix("GIVEN "))
            return given
    return {"value": "nothing", "failures": [f"the trial ended with {trial.returncode}"]}


def give(value: str, failures: list[str], **more: Any) -> None:
    """What a trial came to, for who runs it."""
    sys.stdout.write(f"GIVEN {json.dumps({'value': value, 'failures': failures, **more})}\n")
    sys.stdout.flush()
