"""Threads that take turns, so that what happens at once happens in the same order every time.

Only one of them runs. At every place of the world it hands over to the next one that is still alive, from the first
upwards or from the last downwards: two calls that are under way together pass each other at every place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection

PATIENCE_S = 30.0


@dataclass
class Turns:
    """See the module. `backwards`: the last job goes first."""

    backwards: bool = False
    _waiting: dict[int, threading.Event] = field(default_factory=dict)
    _current: int | None = None
    _raised: list[BaseException] = field(default_factory=list)

    def together(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run jobs in turns to their ends; raises what the first that failed has raised."""
        if len(jobs) == 1:
            jobs[0]()
            return
        order = range(len(jobs) - 1, -1, -1) if self.backwards else range(len(jobs))
        self._waiting, self._raised = {number: threading.Event() for number in order}, []
        threads = [threading.Thread(target=self._run, args=(number, jobs[number])) for number in order]
        for thread in threads:
            thread.start()
        self._give(order[0])
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "a job waits for one that waits for its turn"
        self._current = None
        if self._raised:
            raise self._raised[0]

    def hand_over(self) -> None:
        """The running job lets the next one go on, and waits until it is its turn again."""
        if self._current is None:
            return
        mine = self._current
        self._give(self._next(mine))
        assert self._waiting[mine].wait(PATIENCE_S), "it never was its turn again"

    def _run(self, number: int, job: Callable[[], None]) -> None:
        assert self._waiting[number].wait(PATIENCE_S), "it never was its turn"
        try:
            job()
        except BaseException as error:  # noqa: BLE001 the death of a process too; it is raised where the jobs began
            self._raised.append(error)
        finally:
            connection.close()
            following = self._next(number)
            del self._waiting[number]
            if self._waiting:
                self._give(following)

    def _give(self, number: int) -> None:
        for each, event in self._waiting.items():
            if each != number:
                event.clear()
        self._current = number
        self._waiting[number].set()

    def _next(self, number: int) -> int:
        alive = list(self._waiting)
        return alive[(alive.index(number) + 1) % len(alive)]
