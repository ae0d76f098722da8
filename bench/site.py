"""A whole site in a folder of its own, by the real commands: what they cost, and its server."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.networks import ROOT

READY_S = 60
_LOOK_S = 0.1
_ADOPT_ORPHANS = 36
"""Linux, prctl.h: PR_SET_CHILD_SUBREAPER."""


class Cost(NamedTuple):
    """What a process and its children took; the peak is that of all of them together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0

    def and_then(self, other: Cost) -> Cost:
        """Both, one after the other."""
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, max(self.peak_mib, other.peak_mib))


@dataclass(frozen=True)
class Server:
    """A running web server and its worker processes."""

    port: int
    workers: tuple[int, ...]
    started_at: float
    """`perf_counter` when its command was given."""


class Site:
    """Database, feeds and networks in one folder, empty at first."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
        self.folder = folder
        self._environment = os.environ | {
            "MAAS_DATA_DIR": str(folder),
            "MAAS_KERNELS_DIR": str(ROOT / "var" / "kernels"),
            "DATABASE_URL": f"sqlite:///{folder}/maas.sqlite3",
            "DJANGO_SETTINGS_MODULE": "maas.settings",
            "MAAS_SEARCH_RATE": "1000000/min",
        }
        self.run("migrate", "--verbosity", "0")

    @property
    def network(self) -> Path:
        """The folder of the only network."""
        (network,) = (self.folder / "networks").iterdir()
        return network

    def run(self, *arguments: str) -> Cost:
        """One command of manage.py. Raises CalledProcessError."""
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL
        )
        together_mib, ended = 0.0, 0
        while not ended:
            together_mib = max(together_mib, _together_mib())
            time.sleep(_LOOK_S)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall_s = time.perf_counter() - began
        if status:
            raise subprocess.CalledProcessError(status, arguments)
        cost = Cost(0.0, usage.ru_utime + usage.ru_stime, max(together_mib, usage.ru_maxrss / 1024))
        # The work is done by a server of processes that outlives the command by a moment and comes to us then.
        with contextlib.suppress(ChildProcessError):
            while True:
                usage = os.wait4(-1, 0)[2]
                cost = cost.and_then(Cost(0.0, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
        return cost._replace(wall_s=wall_s)

    def build(self, sources: Iterable[Path], name: str) -> dict[str, Cost]:
        """Import feeds and extracts and publish the network of all; what each command cost."""
        costs: dict[str, Cost] = {}
        for path in sources:
            command, extra = "import_feed", []
            if path.suffix == ".pbf":
                command, extra = "import_streets", ["--name", "streets"]
            costs[command] = costs.get(command, Cost()).and_then(self.run(command, str(path), *extra))
        costs["publish_network"] = self.run("publish_network", name)
        return costs

    @contextmanager
    def served(self, workers: int = 1) -> Iterator[Server]:
        """The web server, from its start; where there is one worker, it is the one that answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = ["gunicorn", "-k", "asgi", "-w", f"{workers}", "-b", f"127.0.0.1:{port}", "maas.asgi:application"]
        began = time.perf_counter()
        with (self.folder / "web.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        try:
            yield Server(port, _workers_of(process, workers), began)
        finally:
            process.terminate()
            process.wait()


def _workers_of(process: subprocess.Popen[bytes], count: int) -> tuple[int, ...]:
    """The processes that answer, once they are there; the port is open then. Raises RuntimeError."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if len(children) == count:
            return tuple(map(int, children))
        time.sleep(0.01)
    raise RuntimeError("the web server has too few workers: see web.log")


def _together_mib() -> float:
    """What all processes that come from this one have in memory now, what they share once."""
    total, todo = 0, [os.getpid()]
    while todo:
        folder = Path(f"/proc/{todo.pop()}")
        # A process may have ended meanwhile.
        with contextlib.suppress(OSError):
            todo += [int(pid) for each in folder.glob("task/*/children") for pid in each.read_text().split()]
            if folder.name != str(os.getpid()):
                rows = (line.split() for line in (folder / "smaps_rollup").read_text().splitlines())
                total += next((int(row[1]) for row in rows if row[0] == "Pss:"), 0)
    return total / 1024


def resident_mib(pid: int | str = "self") -> tuple[float, float]:
    """What of a process is in memory: its own (no copy of it is in a file), and the files that it maps. MiB."""
    total = own = 0
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        kind, _, rest = line.partition(":")
        if kind == "Rss":
            total += int(rest.split()[0])
        elif kind == "Anonymous":
            own += int(rest.split()[0])
    return own / 1024, (total - own) / 1024
