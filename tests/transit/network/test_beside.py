"""What a copy of this process does beside it, and what becomes of it when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from transit.feeds.confined import Killed
from transit.feeds.notices import FeedError
from transit.network import beside


def _counts() -> Iterator[object]:
    yield os.getpid()
    yield {"two": b"2"}


def test_answers_come_one_after_the_other_from_another_process() -> None:
    with beside.done(_counts) as answer:
        assert answer() != os.getpid()
        assert answer() == {"two": b"2"}


def _refuses() -> Iterator[object]:
    yield 1
    raise FeedError("No streets.", "no_streets")


def _fails() -> Iterator[object]:
    yield 1 // 0


def _is_full() -> Iterator[object]:
    yield 1
    raise OSError(28, "No space left on device")


def test_what_the_work_raises_is_raised_here() -> None:
    with beside.done(_refuses) as answer:
        assert answer() == 1
        with pytest.raises(FeedError, match="No streets") as refused:
            answer()
    assert refused.value.code == "no_streets"
    with beside.done(_fails) as answer, pytest.raises(RuntimeError, match="ZeroDivisionError"):
        answer()
    with beside.done(_is_full) as answer:
        assert answer() == 1
        with pytest.raises(OSError, match="No space left") as full:
            answer()
    assert full.value.errno == 28


def _sleeps() -> Iterator[object]:
    yield os.getpid()
    time.sleep(600)


def test_the_copy_ends_with_the_block() -> None:
    with beside.done(_sleeps) as answer:
        pid = int(answer())
    assert not Path(f"/proc/{pid}").exists()


_SLEEPS = """
import time
from transit.network import beside
def sleeps():
    import os
    print(os.getpid(), flush=True)
    time.sleep(600)
    yield 1
with beside.done(sleeps) as answer:
    answer()
"""


def _dies(how: signal.Signals) -> Iterator[object]:
    os.kill(os.getpid(), how)
    yield 1


@pytest.mark.parametrize("how", [signal.SIGXCPU, signal.SIGKILL])
def test_what_ends_the_copy_is_raised_here(how: signal.Signals) -> None:
    with beside.done(partial(_dies, how)) as answer, pytest.raises(Killed, match=how.name):
        answer()


def test_the_copy_ends_with_a_process_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _SLEEPS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
        process.wait()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
