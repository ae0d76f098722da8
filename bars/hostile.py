"""Bar 21: each hostile feed is imported for real and becomes what is declared; what answers stays to the byte."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bars.report import report
from bars.world import DATA, DAY, Server
from tests.feeds import write_zip
from tests.transit.feeds.attacks import EXTRACTS, ZIPS
from tests.transit.feeds.hostile import CASES, good
from transit.feeds import confined
from transit.feeds.imports import import_feed, import_streets
from transit.feeds.notices import FeedError
from transit.models import FeedVersion
from transit.network.publish import build_network, publish_network

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
UNFORESEEN = {"unforeseen_failure", "crashed", "needs_too_much_memory", "takes_too_long", "disk_full", ""}
ZIP_S, ZIP_MIB, FEED_S, FEED_MIB = 1.0, 50.0, 30.0, 512.0


@dataclass(frozen=True)
class Trial:
    """One file: what must become of it (None: anything foreseen), and what that may cost."""

    name: str
    make: Callable[[Path], Path]
    what: str | None
    codes: frozenset[str]
    seconds: float
    mib: float
    streets: bool = False


def trials() -> Iterator[Trial]:
    """All of them."""
    for case in CASES.values():
        yield Trial(case.name, case.make, case.what, frozenset(case.codes), FEED_S, FEED_MIB)
    for attack in ZIPS:
        yield Trial(attack.name, attack.make, "reject", frozenset([attack.code]), ZIP_S, ZIP_MIB)
    for attack in EXTRACTS:
        yield Trial(attack.name, attack.make, "reject", frozenset([attack.code]), FEED_S, FEED_MIB, streets=True)
    broken = DATA / "broken"
    for path in sorted([*broken.glob("*.zip"), *(broken / "transitfeed").iterdir()]):
        yield Trial(f"broken/{path.name}", lambda to, path=path: _zipped(path, to), None, frozenset(), FEED_S, FEED_MIB)  # type: ignore[misc]


def _zipped(source: Path, path: Path) -> Path:
    """A file as it is, or a folder's files as a zip."""
    if source.is_file():
        path.write_bytes(source.read_bytes())
        return path
    return write_zip(path, {each.name: each.read_bytes() for each in sorted(source.iterdir()) if each.is_file()})


def publish_first(folder: Path) -> None:
    """The good feed answers."""
    import_feed(str(write_zip(folder / "good.zip", good())), "h", NOW)
    publish_network("bars", NOW, only=["h"])


def bar_21(site: Server, folder: Path, every: int = 1) -> bool:
    """Try them all, or one in so many. Whether the bar is passed."""
    before = _answers(site)
    if not all(b"h:" in answer for answer in before):
        return report(21, ["the good feed does not answer"], "0", "all", 0)
    failures, slowest, largest = [], 0.0, 0.0
    count = 0
    for trial in list(trials())[::every]:
        path = trial.make(folder / ("hostile.osm.pbf" if trial.streets else "hostile.zip"))
        problem, seconds, mib = _try(trial, path, folder)
        if not problem and _answers(site) != before:
            problem = "the answers changed"
        if not problem and seconds > trial.seconds:
            problem = f"took {seconds:.1f} s"
        if not problem and mib > trial.mib:
            problem = f"took {mib:.0f} MiB"
        failures += [f"{trial.name}: {problem}"] if problem else []
        slowest, largest, count = max(slowest, seconds), max(largest, mib), count + 1
        sys.stderr.write(f"  {'FAIL' if problem else 'ok  '} {seconds:5.2f} s {mib:5.0f} MiB  {trial.name}\n")
    value = f"{count - len(failures)} of {count}, {slowest:.1f} s, {largest:.0f} MiB"
    return report(
        21, failures, value, f"all, {FEED_S:.0f} s (zips {ZIP_S:.0f} s), {FEED_MIB:.0f} MiB (zips {ZIP_MIB:.0f})", 0
    )


def _answers(site: Server) -> list[bytes]:
    """What people are told."""
    return [
        site.plan("h:A", "h:D"),
        site.plan("h:D", "h:A", "17:00"),
        site.get("departures", stop="h:B", time=f"{DAY}T08:00:00", limit="20"),
        site.get("places", q="ha"),
    ]


def _try(trial: Trial, path: Path, folder: Path) -> tuple[str, float, float]:
    """Import one file: what went wrong (or nothing), the seconds, and the memory beyond that of the beginning."""
    confined.RECENT.clear()
    own_mib = _begin_to_measure()
    began = time.monotonic()
    version: FeedVersion | None = None
    code = ""
    try:
        version = import_streets(str(path), "hs", NOW) if trial.streets else import_feed(str(path), "h", NOW)
    except FeedError as error:
        code = error.code
    except Exception as error:  # noqa: BLE001 - an unforeseen failure is what this looks for
        return f"{type(error).__name__}: {error}", 0.0, 0.0
    seconds = time.monotonic() - began
    mib = max(
        [
            _peak_mib() - own_mib,
            *(usage.peak_mib - usage.start_mib for usage in confined.RECENT if usage.work != "validate"),
        ]
    )
    if version is None:
        return _refusal(trial, code), seconds, mib
    own = {row.code for row in version.notices.all() if not row.detail["source"]} - {"expired_feed"}
    if trial.what == "reject" or (trial.what and own != trial.codes):
        return f"was imported with {sorted(own)}, not {trial.what} {sorted(trial.codes)}", seconds, mib
    return _build(version, folder), seconds, mib


def _refusal(trial: Trial, code: str) -> str:
    """What is wrong with a refusal."""
    if code in UNFORESEEN or (trial.what and (trial.what != "reject" or {code} != trial.codes)):
        return f"was refused with {code!r}, not {trial.what} {sorted(trial.codes)}"
    rejected = FeedVersion.objects.order_by("-pk").first()
    if rejected is None or rejected.state != "REJECTED" or not rejected.events.get().detail["reason"]:
        return "left no rejected version with a reason"
    return ""


def _build(version: FeedVersion, folder: Path) -> str:
    """A network can be made of what was imported."""
    try:
        build_network([version], folder / "networks")
    except FeedError as error:
        return f"no network can be built of it: {error}"
    return ""


def _begin_to_measure() -> float:
    """Reset the peak of this process's memory; what it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak_mib() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
