"""Whatever work does in its own process, the caller gets an answer or a sentence that says what to do."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from tests.environment import ROOT
from transit.feeds import aside, confined, imports
from transit.feeds.confined import Limits, Work
from transit.feeds.notices import FeedError
from transit.management import ahead
from transit.network import publish

LIMITS = Limits(memory_mib=3000, cpu_s=20, wall_s=60)


def run(function: str, *arguments: Any, limits: Limits = LIMITS, scratch: Path) -> Any:
    return Work("tests.transit.feeds.labour", function).run(*arguments, limits=limits, scratch=scratch)


def test_an_answer_comes_back_as_data(tmp_path: Path) -> None:
    assert run("answer", {"a": [1, "ä"]}, scratch=tmp_path / "s") == {"a": [1, "ä"]}
    assert run("say_much", 5_000_000, scratch=tmp_path / "s") == "x" * 5_000_000
    assert list((tmp_path / "s").iterdir()) == []
    assert confined.RECENT[-1].work == "say much"


def test_a_refusal_keeps_its_code(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="Turn it round") as caught:
        run("refuse", scratch=tmp_path)
    assert caught.value.code == "upside_down"


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "code", "sentence"),
    [
        ("fail", (), LIMITS, "unforeseen_failure", "ZeroDivisionError: by nothing"),
        ("eat", (4000,), LIMITS, "needs_too_much_memory", "To eat needs more than 3000 MiB of memory"),
        ("crash_of_memory", (), LIMITS, "needs_too_much_memory", "more than 3000 MiB of memory"),
        ("crash", (), LIMITS, "crashed", "SIGABRT"),
        ("vanish", (), LIMITS, "crashed", "SIGKILL"),
        ("lose_a_copy", (signal.SIGKILL,), LIMITS, "crashed", "SIGKILL"),
        ("lose_a_copy", (signal.SIGXCPU,), LIMITS, "takes_too_long", "more than 20 s of processor time"),
        ("spin", (), Limits(3000, 1, 60), "takes_too_long", "more than 1 s of processor time"),
        ("sleep", ("mark",), Limits(3000, 20, 1), "takes_too_long", "longer than 1 s"),
    ],
)
def test_a_failure_becomes_a_sentence(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    function: str,
    arguments: tuple[Any, ...],
    limits: Limits,
    code: str,
    sentence: str,
) -> None:
    given = [str(tmp_path / "mark") if each == "mark" else each for each in arguments]
    with caplog.at_level(logging.CRITICAL), pytest.raises(FeedError, match=sentence) as caught:
        run(function, *given, limits=limits, scratch=tmp_path / "scratch")
    assert caught.value.code == code
    assert list((tmp_path / "scratch").iterdir()) == []


def test_memory_within_the_limit_is_had(tmp_path: Path) -> None:
    assert run("eat", 1000, scratch=tmp_path) == 1000
    assert confined.RECENT[-1].peak_mib > 1000


def test_a_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        with pytest.raises(FeedError, match="no room left") as caught:
            run("fill", str(small), scratch=tmp_path / "scratch")
        assert caught.value.code == "disk_full"
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_work_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    mark, scratch = tmp_path / "mark", tmp_path / "scratch"
    code = (
        "from pathlib import Path\n"
        "from transit.feeds.confined import Limits, Work, prepare\n"
        "prepare('transit.feeds.notices')\n"
        "if __name__ == '__main__':\n"
        f"    Work('tests.transit.feeds.labour', 'sleep').run({str(mark)!r}, limits=Limits(3000, 20, 600),"
        f" scratch=Path({str(scratch)!r}))\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        worker = int(_wait_for(lambda: mark.exists() and mark.read_text()))
    finally:
        asker.send_signal(signal.SIGKILL)
        asker.wait()
    _wait_for(lambda: not _lives(worker))
    assert len(list(scratch.iterdir())) == 1
    # Nobody holds what was left; the next one takes it away.
    assert run("answer", 1, scratch=scratch) == 1
    assert list(scratch.iterdir()) == []


def test_what_work_takes_is_counted_to_the_command(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from transit.feeds.confined import Limits, Work, prepare\n"
        "prepare('transit.feeds.notices')\n"
        f"limits, scratch = Limits(3000, 20, 60), Path({str(tmp_path)!r})\n"
        "Work('tests.transit.feeds.labour', 'eat').run(900, limits=limits, scratch=scratch)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_maxrss / 1024 > 900


def test_what_is_loaded_ahead_is_what_the_commands_have_done() -> None:
    given = {
        value.module for module in (imports, publish) for value in vars(module).values() if isinstance(value, Work)
    }
    assert {module for modules in ahead.NEEDED.values() for module in modules} == given
    assert set(ahead.NEEDED) <= set(get_commands())


def test_another_server_takes_the_place_of_one_that_was_killed(tmp_path: Path) -> None:
    assert run("answer", 1, scratch=tmp_path) == 1
    server = next(pid for pid in _children(os.getpid()) if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(server, signal.SIGKILL)
    assert run("answer", 2, scratch=tmp_path) == 2


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]


def test_what_somebody_is_writing_stays(tmp_path: Path) -> None:
    with aside.directory(tmp_path / "s", "work-") as mine:
        with aside.directory(tmp_path / "s", "work-"):
            assert mine.is_dir()
        assert [path.name for path in (tmp_path / "s").iterdir()] == [mine.name]
    with aside.only_one(tmp_path / "lock") as first, aside.only_one(tmp_path / "lock") as second:
        assert (first, second) == (True, False)


def _wait_for(look: Any) -> Any:
    deadline = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
