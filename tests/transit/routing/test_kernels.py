"""Rules that every kernel keeps, and the name of the folder that keeps them compiled."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from transit.routing.kernels import (
    changes,
    dijkstra,
    insertion,
    landmarks,
    lanes,
    neighbourhood,
    pointless,
    raptor,
    routes,
    scheduled,
    source_hash,
    tables,
    walks,
    ways,
)

MODULES = (
    changes,
    dijkstra,
    insertion,
    landmarks,
    lanes,
    neighbourhood,
    pointless,
    raptor,
    routes,
    scheduled,
    tables,
    walks,
    ways,
)


def kernels() -> list[tuple[str, Callable[..., object]]]:
    def of(module: ModuleType) -> list[tuple[str, Callable[..., object]]]:
        return [(name, value.py_func) for name, value in vars(module).items() if hasattr(value, "py_func")]

    return [kernel for module in MODULES for kernel in of(module)]


@pytest.mark.parametrize(("name", "kernel"), kernels())
def test_kernels_take_at_most_six_parameters(name: str, kernel: Callable[..., object]) -> None:
    assert len(inspect.signature(kernel).parameters) <= 6


def test_the_hash_of_the_sources_needs_no_compiler() -> None:
    script = (
        "import sys; from transit.routing.kernels import source_hash; name = source_hash(); "
        "assert 'numba' not in sys.modules; print(name)"
    )
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == source_hash()
    assert len(source_hash()) == 16
