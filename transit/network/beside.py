"""A part of the build done meanwhile by a copy of this process: two cores make a network sooner than one.

The copy (fork) keeps to the limits of this process and ends with it; nobody else can reach the pipe between the two,
so that answers are objects.
"""

from __future__ import annotations

import multiprocessing
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from transit.feeds.confined import Killed, die_with_parent
from transit.feeds.notices import FeedError

_COPIES = multiprocessing.get_context("fork")


@contextmanager
def done(work: Callable[[], Iterator[Any]]) -> Iterator[Callable[[], Any]]:
    """Begin some work, which gives one answer after the other; a function that waits for the next one.

    It raises what the work raised, and Killed where a signal ended the copy, which ends with the block at the latest.
    """
    answers, theirs = _COPIES.Pipe(duplex=False)
    copy = _COPIES.Process(target=_run, args=(theirs, work), daemon=True)
    copy.start()
    theirs.close()

    def answer() -> Any:
        try:
            is_answer, said = answers.recv()
        except EOFError:
            copy.join()
            if (copy.exitcode or 0) < 0:
                raise Killed(-(copy.exitcode or 0)) from None
            raise RuntimeError(f"the copy ended with {copy.exitcode} and gave no answer") from None
        if is_answer:
            return said
        raise said

    try:
        yield answer
    finally:
        copy.kill()
        copy.join()
        copy.close()
        answers.close()


def _run(answers: Connection, work: Callable[[], Iterator[Any]]) -> None:
    """What the copy does."""
    threading.Thread(target=die_with_parent, daemon=True).start()
    try:
        for said in work():
            answers.send((True, said))
    except (FeedError, MemoryError, OSError) as error:
        answers.send((False, error))
    except Exception:  # noqa: BLE001 - whatever it is, the other process must hear of it
        answers.send((False, RuntimeError(traceback.format_exc())))
