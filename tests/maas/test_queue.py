"""The embedded queue under a writer and a reader at once."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from maas.celery import app
from maas.queue import Channel

MESSAGES = 300


def channel(folder: Path) -> Any:
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder)}
    return Connection("filesystem://", transport_options=options).channel()


def test_the_application_uses_it(tmp_path: Path) -> None:
    assert app.main == "maas"
    assert isinstance(channel(tmp_path), Channel)


class Peeking:
    """Looks into the queue while it is being written down."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.saw_nothing = False

    def __json__(self) -> str:
        with pytest.raises(Empty):
            self.reader._get("kick")
        self.saw_nothing = True
        return "whole"


def test_a_reader_never_meets_half_a_message(tmp_path: Path) -> None:
    reader = channel(tmp_path)
    peeking = Peeking(reader)
    channel(tmp_path)._put("kick", {"body": peeking})
    assert peeking.saw_nothing
    assert reader._get("kick") == {"body": "whole"}
    assert list(tmp_path.iterdir()) == []


def test_everything_written_is_read_once(tmp_path: Path) -> None:
    writer, reader = channel(tmp_path), channel(tmp_path)
    payload = {"body": "x" * 20_000}
    writing = threading.Thread(target=lambda: [writer._put("kick", payload | {"n": n}) for n in range(MESSAGES)])
    writing.start()
    found: list[int] = []
    while len(found) < MESSAGES:
        try:
            found.append(reader._get("kick")["n"])
        except Empty:
            assert writing.is_alive() or len(found) + len(list(tmp_path.iterdir())) >= MESSAGES
    writing.join()
    assert sorted(found) == list(range(MESSAGES))
    assert list(tmp_path.iterdir()) == []
