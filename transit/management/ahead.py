"""What commands have their worker children load on the second core while Django starts on the first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

from transit.feeds import confined

NEEDED = {
    "import_feed": ("transit.feeds.reading", "transit.feeds.validator"),
    "import_streets": ("transit.feeds.surveying",),
    "publish_network": ("transit.network.building",),
}
"""By command, the modules of the work that it has done."""


def begin(arguments: Sequence[str]) -> None:
    """Begin to load what the command of a command line needs."""
    modules = NEEDED.get(arguments[1]) if len(arguments) > 1 else None
    if modules:
        # The settings say where compiled kernels are, which must be known before numba is loaded.
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        confined.prepare(*modules)
