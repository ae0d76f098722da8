"""A network's folder: arrays as `.npy` files and facts as JSON; written aside, renamed once, then never changed."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.network.strings import Strings

FACTS = "network.json"


class Writer:
    """Collects the files of a folder beside its final place."""

    def __init__(self, final: Path) -> None:
        self._final = final
        self.folder = final.with_name(f".{final.name}.{os.getpid()}.{threading.get_ident()}")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._layout: dict[str, tuple[str, tuple[int, ...], int]] = {}
        self._facts: dict[str, Any] = {"arrays": self._layout}

    def array(self, name: str, values: NDArray[Any]) -> None:
        """Save one array."""
        path = self.folder / f"{name}.npy"
        values = np.ascontiguousarray(values)
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
            # Not `tofile`, as np.save does: where the disk is full that loses the reason.
            file.write(values.data if values.size else b"")
        self._layout[name] = (values.dtype.str, values.shape, path.stat().st_size - values.nbytes)

    def strings(self, name: str, packed: tuple[NDArray[np.uint64], NDArray[np.uint8]]) -> None:
        """Save a packed list of texts."""
        self.array(f"{name}.start", packed[0])
        self.array(f"{name}.text", packed[1])

    def note(self, name: str, fact: Any) -> None:
        """Remember a small fact."""
        self._facts[name] = fact

    def finish(self, *, durable: bool = True) -> Path:
        """Make the folder durable and visible under its final name; a folder that is already there stays.

        What is made anew every few seconds need not be durable.
        """
        (self.folder / FACTS).write_text(json.dumps(self._facts, ensure_ascii=False, sort_keys=True))
        for path in (*self.folder.rglob("*"), self.folder) if durable else ():
            _sync(path)
        try:
            self.folder.rename(self._final)
        except OSError:
            if not (self._final / FACTS).exists():
                raise
            self.abandon()
        if durable:
            _sync(self._final.parent)
        return self._final

    def abandon(self) -> None:
        """Throw the unfinished folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Reader:
    """Maps the arrays of a finished folder into memory, read-only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = json.loads((folder / FACTS).read_text())

    def array(self, name: str) -> NDArray[Any]:
        """One array, mapped. Raises KeyError and FileNotFoundError."""
        # The layout is in the facts because parsing a hundred headers would take longer than all the rest.
        kind, shape, offset = self.facts["arrays"][name]
        with (self.folder / f"{name}.npy").open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        dtype = np.dtype(kind)
        if not all(shape):
            return np.zeros(shape, dtype)
        return np.frombuffer(mapped, dtype, int(np.prod(shape)), offset).reshape(shape)

    def strings(self, name: str) -> Strings:
        """A packed list of texts."""
        return Strings(self.array(f"{name}.start"), self.array(f"{name}.text"))


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
