"""The embedded queue: kombu's folder of files, with messages that appear whole.

kombu opens a message's file under its final name and then writes it; a worker that looks in between takes an empty
file, fails to parse it, and stops.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message aside and renames it; the reader passes over names that do not end in `<queue>.msg`."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        final = Path(self.data_folder_out) / name
        aside = final.with_name(f"{name}.part")
        aside.write_bytes(dumps(payload).encode())
        aside.rename(final)


class Transport(filesystem.Transport):
    """What `filesystem://` stands for here."""

    Channel = Channel
