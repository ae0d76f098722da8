"""Places: what people type on the way to a name, names with errors, house numbers, Japanese; and points by their name.

Every search says where "here" is, which takes longest.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from bench.networks import DATA, network_of  # noqa: E402
from tests.transit.network.test_typing_errors import names_of, read, with_an_error  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.places import place_at, places_named  # noqa: E402
from transit.network import places_index  # noqa: E402
from transit.network.places import Places  # noqa: E402

BAR_MS, BAR_FOUND = 30.0, 0.95
NAMES, FIRST = 300, 5
SHORTEST = {"rnv": (4, 8), "tampere": (4, 8), "yamanashi": (3, 6)}
"""Letters of the names with one error and with two."""
HERE = {"rnv": (49.4875, 8.466), "tampere": (61.498, 23.76), "yamanashi": (35.667, 138.569)}
ADDRESSES = ("Hauptstraße {}", "{} Hauptstr.", "Bahnhofstr. {}a", "Haupstrasse {} Heidelberg", "Im Neuenheimer Feld {}")


def main() -> None:
    """Print figures; fail above a bar."""
    _index()
    failed = []
    for city, here in HERE.items():
        engine = Engine(network_of(city))
        chooser = random.Random(len(city))
        names = chooser.sample(names_of(engine.places, SHORTEST[city][0]), NAMES)
        long_names = chooser.sample(names_of(engine.places, SHORTEST[city][1]), NAMES)
        letters = "".join(sorted({char for name in names for char in name.lower() if char.isalpha()}))
        one = [(with_an_error(name, letters, chooser), name) for name in names]
        two = [(with_an_error(with_an_error(n, letters, chooser), letters, chooser), n) for n in long_names]
        typed = {
            "names letter by letter": [n[:end] for n in names[:100] for end in range(1, len(n) + 1)],
            "names with an error": [text for text, _ in one],
            "long names with two errors": [text for text, _ in two],
        }
        if city == "rnv":
            typed["house numbers"] = [text.format(n) for text in ADDRESSES for n in range(1, 61)]
            typed["towns beside names"] = [f"{name} Mannheim" for name in names[:100]]
        print(f"places: {city}, {len(names_of(engine.places, 1))} names")
        for what, texts in typed.items():
            times = _times(partial(_search, engine, here), texts)
            failed += [] if _printed(what, times) <= BAR_MS else [f"{city}, {what}"]
        for errors, pairs, bar in (("one error", one, BAR_FOUND), ("two errors", two, 0.0)):
            share = _share(engine.places, pairs)
            print(f"  found among the first {FIRST} with {errors:16} {share * 100:8.1f} %")
            failed += [] if share >= bar else [f"{city}, {errors}"]
        if city == "rnv":
            points = list(_points(engine, chooser))
            times = _times(partial(_what_is_at, engine), points)
            failed += [] if _printed("what is at a point", times) <= BAR_MS else [f"{city}, points"]
    if failed:
        sys.exit(f"places: above the bar: {'; '.join(failed)}")


def _search(engine: Engine, here: tuple[float, float], text: str) -> object:
    return places_named(engine, text, "de", here, 8)


def _what_is_at(engine: Engine, point: tuple[float, float]) -> object:
    return place_at(engine, *point, "de")


def _index() -> None:
    """Time to write the index of `rnv` with streets, and how large it is."""
    sources = read(DATA / "rnv")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "places.sqlite"
        wall, cpu = perf_counter(), process_time()
        places_index.write(path, *sources)
        wall, cpu, size = perf_counter() - wall, process_time() - cpu, path.stat().st_size / 1e6
    print(f"places: index of rnv with streets written in {wall:.2f} s ({cpu:.2f} s of processor time), {size:.1f} MB")


def _times(work: Callable[..., object], inputs: Iterable[Any]) -> list[float]:
    """Milliseconds for each, the best of three, in order."""
    return sorted(min(_timed(work, each) for _ in range(3)) for each in inputs)


def _timed(work: Callable[..., object], given: object) -> float:
    started = perf_counter()
    work(given)
    return (perf_counter() - started) * 1e3


def _printed(what: str, times: list[float]) -> float:
    """Print the median and the slowest twentieth; the latter."""
    slow = times[int(len(times) * 0.95)]
    print(
        f"  {what:38} {times[len(times) // 2]:8.2f} ms median {slow:8.2f} ms (95 %, bar {BAR_MS:.0f}) of {len(times)}"
    )
    return slow


def _share(places: Places, pairs: list[tuple[str, str]]) -> float:
    """How many of the names are found by what was typed."""
    return sum(name in [p.name for p in places.find(text, limit=FIRST)] for text, name in pairs) / len(pairs)


def _points(engine: Engine, chooser: random.Random) -> Iterator[tuple[float, float]]:
    """Points near crossings anywhere."""
    streets = engine.network.streets
    for _ in range(1000):
        node = chooser.randrange(streets.nodes)
        yield (
            float(streets.node_lat[node]) + chooser.uniform(-3e-4, 3e-4),
            float(streets.node_lon[node]) + chooser.uniform(-3e-4, 3e-4),
        )


if __name__ == "__main__":
    main()
