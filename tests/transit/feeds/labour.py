"""Work that a worker child is made to do in tests: each function misbehaves in one way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from transit.feeds.confined import Killed
from transit.feeds.notices import FeedError


def answer(value: Any) -> Any:
    return value


def refuse() -> None:
    raise FeedError("It is upside down. Turn it round.", "upside_down")


def fail() -> None:
    raise ZeroDivisionError("by nothing")


def eat(mib: int) -> int:
    return int(np.ones(mib << 20, np.uint8).sum() >> 20)


def crash_of_memory() -> None:
    os.write(2, b"memory allocation of 123456789 bytes failed\n")
    os.abort()


def crash() -> None:
    os.abort()


def vanish() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lose_a_copy(how: int) -> None:
    raise Killed(how)


def spin() -> None:
    while True:
        pass


def sleep(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(600)


def fill(folder: str) -> None:
    with Path(folder, "big").open("wb") as file:
        while True:
            file.write(b"x" * 100_000)


def say_much(bytes_: int) -> str:
    return "x" * bytes_
