"""Work on what outsiders sent, in a process of its own under limits of memory, processor and wall-clock time.

Whatever happens there (an exception, a crash in native code, an endless loop) the caller gets a `FeedError` that says
what to do. Answers come back as JSON, never as objects. The processes are forked from a server that has loaded the
readers and nothing else: no thread, no database connection, no lock is inherited.
"""

from __future__ import annotations

import atexit
import errno
import faulthandler
import json
import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from transit.feeds import aside
from transit.feeds.notices import FeedError

# The limit of memory counts addresses, and the allocator of polars would keep those of memory that is free again: the
# thread that gives it back by and by is none in a process that was forked.
os.environ.setdefault("_RJEM_MALLOC_CONF", "retain:false,dirty_decay_ms:0,muzzy_decay_ms:0")

_LOG = logging.getLogger(__name__)
_SERVER = multiprocessing.get_context("forkserver")
_LOADED: list[str] = []
_STARTING = threading.Lock()
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OUT_OF_MEMORY = ("memory allocation of", "bad_alloc", "out of memory", "Cannot allocate memory", "MemoryError")
_FULL = ("database or disk is full", "No space left on device")
_MAX_ANSWER = 64 << 20
_STDERR = "stderr"


class Killed(Exception):
    """A signal ended a process that did a part of the work."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{signal.Signals(number).name} ended a process that did a part of the work")
        self.number = number


@dataclass(frozen=True)
class Limits:
    """What one piece of work may use. Memory is address space beyond what the loaded readers have reserved."""

    memory_mib: int
    cpu_s: int
    wall_s: int


@dataclass(frozen=True)
class Usage:
    """What one piece of work used. Memory is resident: at its beginning, and at most."""

    work: str
    wall_s: float
    cpu_s: float
    start_mib: float
    peak_mib: float


RECENT: deque[Usage] = deque(maxlen=200)
"""What the last pieces of work used, newest last."""


def prepare(*modules: str) -> None:
    """Have the server load what some work needs while this process does something else.

    It loads nothing else then: what other work needs is loaded by each process that does it.
    """
    _SERVER.set_forkserver_preload(list(modules))
    forkserver.ensure_running()


class Work:
    """A function by the name of its module, so that naming it loads nothing; its answer must be JSON.

    What is `rare` is loaded by each process that does it, and by no server that waits for work.
    """

    def __init__(self, module: str, function: str, *, rare: bool = False) -> None:
        self.module, self.function = module, function
        if module not in _LOADED and not rare:
            _LOADED.append(module)
            _SERVER.set_forkserver_preload(list(_LOADED))

    def run(self, *arguments: Any, limits: Limits, scratch: Path) -> Any:
        """Do it and wait for the answer. Raises FeedError."""
        with self.started(*arguments, limits=limits, scratch=scratch) as job:
            return job.answer()

    @contextmanager
    def started(self, *arguments: Any, limits: Limits, scratch: Path) -> Iterator[Job]:
        """Begin it; it is ended with the block. Its temporary files are in a folder of `scratch`."""
        with aside.directory(scratch, "work-") as folder:
            job = Job(self, arguments, limits, folder)
            try:
                yield job
            finally:
                job.end()


class Job:
    """A piece of work under way."""

    def __init__(self, work: Work, arguments: tuple[Any, ...], limits: Limits, folder: Path) -> None:
        self._what, self._limits, self._folder = work.function.replace("_", " "), limits, folder
        self._deadline = time.monotonic() + limits.wall_s
        self._started = time.monotonic()
        self._answers, theirs = _SERVER.Pipe(duplex=False)
        given = (theirs, limits, str(folder), (work.module, work.function), arguments)
        try:
            self._process = _started(given)
        except (EOFError, OSError) as error:
            self._answers.close()
            raise FeedError(f"To {self._what} could not begin ({error!r}). Try again.", "crashed") from error
        finally:
            theirs.close()

    def answer(self, within_s: float = float("inf")) -> Any:
        """Wait for the answer, at most so long. Raises FeedError."""
        left_s = max(0.0, min(within_s, self._deadline - time.monotonic()))
        ready = wait([self._answers, self._process.sentinel], left_s)
        try:
            # An answer of a process that has ended meanwhile is in the pipe.
            said = json.loads(self._answers.recv_bytes(_MAX_ANSWER)) if ready and self._answers.poll() else None
        except (EOFError, OSError):
            said = None
        if said is None:
            raise self._crashed() if ready else self._late()
        usage = Usage(self._what, time.monotonic() - self._started, *said["usage"])
        RECENT.append(usage)
        _LOG.info("%s: %.1f s, %.0f MiB at most", usage.work, usage.wall_s, usage.peak_mib)
        if said["kind"] == "answer":
            return said["answer"]
        if said["kind"] == "fault":
            _LOG.error("%s failed\n%s", self._what, said["detail"])
        raise self._error(said["kind"], said["detail"], said.get("code", ""))

    def end(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._answers.close()
        self._process.close()

    def _error(self, kind: str, detail: str, code: str) -> FeedError:
        if kind == "refused":
            return FeedError(detail, code)
        if kind == "memory":
            return self._too_big()
        if kind == "room":
            return no_room(detail)
        last = detail.strip().rsplit("\n", 1)[-1]
        return FeedError(
            f"To {self._what} failed in a way that nobody foresaw ({last}). Report this; the log tells more.",
            "unforeseen_failure",
        )

    def _too_big(self) -> FeedError:
        limit = self._limits.memory_mib
        return FeedError(
            f"To {self._what} needs more than {limit} MiB of memory. Publish less at once, or raise the limit.",
            "needs_too_much_memory",
        )

    def _late(self) -> FeedError:
        return FeedError(
            f"To {self._what} takes longer than {self._limits.wall_s} s and was given up. Publish less at once.",
            "takes_too_long",
        )

    def _crashed(self) -> FeedError:
        """Why a process ended without an answer."""
        self._process.join(5)
        code = self._process.exitcode or 0
        name = signal.Signals(-code).name if -code in signal.valid_signals() else str(code)
        if name == "SIGXCPU":
            limit = self._limits.cpu_s
            message = f"To {self._what} needs more than {limit} s of processor time. Publish less at once."
            return FeedError(message, "takes_too_long")
        try:
            said = (self._folder / _STDERR).read_text(errors="replace")
        except OSError:
            said = ""
        _LOG.error("%s ended by %s\n%s", self._what, name, said[-5000:])
        if any(text in said for text in _OUT_OF_MEMORY):
            return self._too_big()
        limit = self._limits.memory_mib
        return FeedError(
            f"To {self._what} ended abruptly ({name}). Perhaps it needs more than {limit} MiB of memory, or the machine"
            " has too little. Try again, then report it.",
            "crashed",
        )


def _started(arguments: tuple[Any, ...]) -> ForkServerProcess:
    """A process that does not load the script of this one again, as Python otherwise has it do."""
    with _STARTING:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            for patience_s in (0.1, 0.3, 1.0, 3.0):
                process = _SERVER.Process(target=_main, args=arguments)
                try:
                    process.start()
                except (EOFError, OSError):
                    # The server that forks was killed. Once that is known, the next process starts another one.
                    time.sleep(patience_s)
                else:
                    return process
            process = _SERVER.Process(target=_main, args=arguments)
            process.start()
            return process
        finally:
            sys.modules["__main__"] = script


@atexit.register
def _end_server() -> None:
    """End the server that forks before this process ends, so that all that was used is counted to this process.

    It is not asked to end: it may still be loading what is not needed any more.
    """
    server: Any = forkserver._forkserver
    with suppress(ChildProcessError, ProcessLookupError):
        if server._forkserver_pid is not None:
            os.kill(server._forkserver_pid, signal.SIGKILL)
        server._stop()


def no_room(detail: str) -> FeedError:
    """What to say where the disk is full."""
    message = f"There is no room left on the disk ({detail}). Make room and do it again: nothing was changed."
    return FeedError(message, "disk_full")


@contextmanager
def disk() -> Iterator[None]:
    """Turn a full disk into a FeedError."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise no_room(str(error)) from error


def _main(answers: Connection, limits: Limits, folder: str, work: tuple[str, str], arguments: tuple[Any, ...]) -> None:
    """What the process does."""
    start_mib = _status_mib("VmRSS")
    tempfile.tempdir = folder
    with (Path(folder) / _STDERR).open("wb") as stderr:
        os.dup2(stderr.fileno(), 2)
    faulthandler.enable(file=2)
    threading.Thread(target=die_with_parent, daemon=True).start()
    _limit(limits)
    said = _done(*work, arguments)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = time.process_time() + others.ru_utime + others.ru_stime
    said["usage"] = (cpu_s, start_mib, max(_status_mib("VmHWM"), others.ru_maxrss / 1024))
    answers.send_bytes(json.dumps(said).encode())
    answers.close()
    # Nothing is left to do, and libraries that were cut off may hang while they are unloaded.
    os._exit(0)


def _done(module: str, function: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The answer, or why there is none."""
    try:
        return {"kind": "answer", "answer": getattr(import_module(module), function)(*arguments)}
    except FeedError as error:
        return {"kind": "refused", "detail": str(error), "code": error.code}
    except MemoryError:
        return {"kind": "memory", "detail": ""}
    except Killed as killed:
        # What a signal says (too much processor time, too much memory) is true of the whole.
        os.kill(os.getpid(), killed.number)
        raise
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return {"kind": "memory", "detail": ""}
        return {"kind": "room" if error.errno in _NO_ROOM else "fault", "detail": str(error)}
    except BaseException as error:  # noqa: BLE001 - whatever it is, the caller must hear of it
        full = any(text in str(error) for text in _FULL)
        return {"kind": "room" if full else "fault", "detail": str(error) if full else traceback.format_exc()}


def _limit(limits: Limits) -> None:
    """From here on the kernel watches."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = (int(_status_mib("VmSize")) + limits.memory_mib) << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 10))


def die_with_parent() -> None:
    """End when the process that asked has ended: nobody waits for the answer any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _status_mib(name: str) -> float:
    """A figure of this process's memory as the kernel counts it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0
