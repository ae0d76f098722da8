"""Compiled inner loops: scalars and arrays in, arrays out. They import nothing of ours and hold no state."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path


def source_hash() -> str:
    """Names the cache folder of the compiled kernels: 16 hex digits over their sources and the compiler's versions.

    numba notices a changed file but not a changed function that the file calls, so a cache is never reused across
    different sources. Computed without importing numba, which reads its cache folder when it is imported.
    """
    digest = hashlib.sha256(f"{sys.version} {version('numba')} {version('numpy')}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
