"""Names of real regions, each with random typing errors, are found among the first five."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.feeds.osm import Extract, joined, read_extract
from transit.network import places_index, streets
from transit.network.groups import groups_of
from transit.network.merge import Feed, Merged
from transit.network.places import Places
from transit.routing.streets import Streets

NAMES = 300
FIRST = 5


def read(city: Path) -> tuple[Merged, NDArray[np.int64], Extract, Streets]:
    """The feeds and streets of a folder, as the index is written from them."""
    feeds = [Feed(path.stem, read_gtfs(path, Notices())) for path in sorted(city.glob("*.zip"))]
    extract = joined([read_extract(path) for path in sorted(city.glob("*.pbf"))])
    lon = np.concatenate([feed.gtfs.stops.lon for feed in feeds])
    lat = np.concatenate([feed.gtfs.stops.lat for feed in feeds])
    merged = Merged.of(feeds)
    parent = merged.column((feed.gtfs.stops.parent for feed in feeds), merged.stop)
    group = groups_of(parent, [name for feed in feeds for name in feed.gtfs.stops.name], (lon, lat))
    return merged, group, extract, streets.of_extract(extract, lon, lat)


def names_of(places: Places, letters: int) -> list[str]:
    """The names with so many letters at least."""
    rows = places.rows("select id from place where kind <> 'address'", ())
    return sorted({row.name for row in rows if sum(map(str.isalpha, row.name)) >= letters})


def with_an_error(name: str, letters: str, chooser: random.Random) -> str:
    """The name with one letter missing, doubled, wrong, or in the place of its neighbour."""
    i = chooser.choice([i for i, char in enumerate(name) if char.isalpha()])
    before, char, after = name[:i], name[i], name[i + 1 :]
    return chooser.choice(
        [
            before + after,
            before + char + char + after,
            before + chooser.choice(letters) + after,
            before + after[:1] + char + after[1:],
        ]
    )


@pytest.mark.parametrize(
    ("city", "shortest", "shortest_for_two"), [("rnv", 4, 8), ("tampere", 4, 8), ("yamanashi", 3, 6)]
)
def test_names_are_found_all_the_same(
    shared_data: Path, tmp_path: Path, city: str, shortest: int, shortest_for_two: int
) -> None:
    places_index.write(tmp_path / "places.sqlite", *read(shared_data / city))
    places = Places(tmp_path / "places.sqlite")
    letters = sorted({char for name in names_of(places, 1) for char in name.lower() if char.isalpha()})
    for errors, at_least, share in ((1, shortest, 0.97), (2, shortest_for_two, 0.93)):
        chooser = random.Random(errors)
        sample = chooser.sample(names_of(places, at_least), NAMES)
        missed = []
        for name in sample:
            typed = name
            for _ in range(errors):
                typed = with_an_error(typed, "".join(letters), chooser)
            if name not in [place.name for place in places.find(typed, limit=FIRST)]:
                missed.append((typed, name))
        found = 1 - len(missed) / NAMES
        assert found >= share, f"{errors} errors: {found:.3f}, {missed}"
