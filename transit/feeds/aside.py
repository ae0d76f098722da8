"""Files that are being written: kept aside under a lock, so that what a killed process left is found and removed.

A lock (flock) ends with its process, however that ends. What can be locked has no writer any more.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _gate(folder: Path) -> Path:
    """A lock held while something appears or is swept, so that nothing is swept before it is locked itself."""
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def file(folder: Path, prefix: str) -> Iterator[tuple[int, Path]]:
    """A new locked file in a folder: its descriptor and its path. It is gone afterwards unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(_gate(folder)):
        sweep(folder, prefix)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=prefix)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield descriptor, Path(name)
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


@contextmanager
def directory(folder: Path, prefix: str) -> Iterator[Path]:
    """A new locked folder inside a folder, removed afterwards with all that is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(_gate(folder)):
        sweep(folder, prefix)
        path = Path(tempfile.mkdtemp(dir=folder, prefix=prefix))
        descriptor = os.open(path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def only_one(lock: Path) -> Iterator[bool]:
    """Whether nobody else holds this lock; where that is so it is held."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _try(descriptor)
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Remove a folder that others may be looking at: it loses its name first, so that no half of it is ever seen."""
    hidden = folder.with_name(f".removed-{folder.name.lstrip('.')}-{os.getpid()}")
    try:
        folder.rename(hidden)
    except FileNotFoundError:
        return
    shutil.rmtree(hidden, ignore_errors=True)


def sweep(folder: Path, prefix: str) -> None:
    """Remove what was left behind under a prefix."""
    for path in folder.glob(f"{prefix}*"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            if not _try(descriptor):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _try(descriptor: int) -> bool:
    """Lock without waiting; whether it could be had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Hold a lock, waiting for it."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
