"""The embedded queue under a writer and a reader at once."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty
from typing import Any

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


def test_a_reader_never_meets_half_a_message(tmp_path: Path) -> None:
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
