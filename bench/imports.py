"""Import and build of `rnv` with its streets through the real commands, from an empty database; then opening it."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

_scratch = tempfile.TemporaryDirectory(prefix="maas-bench-")
ROOT = Path(__file__).resolve().parent.parent
os.environ.update(
    MAAS_DATA_DIR=_scratch.name,
    MAAS_KERNELS_DIR=str(ROOT / "var" / "kernels"),
    DATABASE_URL=f"sqlite:///{_scratch.name}/maas.sqlite3",
    DJANGO_SETTINGS_MODULE="maas.settings",
)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from transit.network.current import networks_folder  # noqa: E402
from transit.network.places import Places  # noqa: E402
from transit.network.store import open_network  # noqa: E402

DATA = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
CITY = "rnv"
BAR_S, BAR_MIB, BAR_OPEN_MS, BAR_FIND_MS = 25.0, 2048.0, 50.0, 30.0
TYPED = ("h", "ha", "hau", "haup", "haupt", "bahnhof", "hauptbahnhof", "am", "str", "universität", "rathaus", "7")


def main() -> None:
    """Print figures; fail above a bar."""
    call_command("migrate", verbosity=0)
    total = _Total()
    with total.step("import_feed"):
        call_command("import_feed", str(DATA / CITY / f"{CITY}.zip"), stdout=_Quiet())
    with total.step("import_streets"):
        call_command("import_streets", str(DATA / CITY / f"{CITY}.osm.pbf"), name="streets", stdout=_Quiet())
    with total.step("publish_network"):
        call_command("publish_network", CITY, stdout=_Quiet())
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (folder,) = networks_folder().iterdir()
    open_ms = median(_timed(lambda: open_network(folder)) for _ in range(15))
    places = Places(folder / "places.sqlite")
    finds = sorted(_timed(lambda text=text: places.find(text, "de", (49.48, 8.47))) for text in TYPED * 10)  # type: ignore[misc]
    figures = [
        (f"import and build of {CITY} with streets, s", total.wall_s, BAR_S),
        ("peak memory, MiB", peak_mib, BAR_MIB),
        ("opening the network, ms (median)", open_ms, BAR_OPEN_MS),
        ("finding places, ms (95 %)", finds[int(len(finds) * 0.95)], BAR_FIND_MS),
    ]
    for what, figure, bar in figures:
        sys.stdout.write(f"{what:52} {figure:9.1f}  (at most {bar:.0f})\n")
    if any(figure > bar for _, figure, bar in figures):
        sys.exit("a figure is above its bar")


class _Total:
    """Adds steps up."""

    def __init__(self) -> None:
        self.wall_s = 0.0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Time one step and print it."""
        wall, cpu = perf_counter(), process_time()
        yield
        wall, cpu = perf_counter() - wall, process_time() - cpu
        self.wall_s += wall
        sys.stdout.write(f"  {what:50} {wall:9.1f} s, {cpu:.1f} s of processor time\n")


class _Quiet:
    """Takes what a command prints."""

    def write(self, text: str) -> None:
        """Drop it."""

    def isatty(self) -> bool:
        """No terminal."""
        return False


def _timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1e3


if __name__ == "__main__":
    main()
