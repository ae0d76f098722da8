"""Lists of different lengths laid end to end: the index arithmetic that every packed table needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """N + 1 offsets of n lists from their lengths."""
    result = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def gather(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices start, start + 1, … of every list, one list after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - counts), counts), np.int64)
