"""Zips and extracts that attack their reader are refused with the declared code, here in this process."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.transit.feeds.attacks import EXTRACTS, ZIPS, Attack
from transit.feeds.notices import FeedError
from transit.feeds.osm import count_streets, read_extract
from transit.feeds.reading import read_the_feed


def test_there_are_enough() -> None:
    assert len({attack.name for attack in ZIPS}) >= 12


@pytest.mark.parametrize("attack", ZIPS, ids=str)
def test_zip(attack: Attack, tmp_path: Path) -> None:
    path = attack.make(tmp_path / "feed.zip")
    began = time.process_time()
    said = read_the_feed(str(path))
    assert said["code"] == attack.code, said
    # Unpacked, any of these would take far longer than refusing it does.
    assert time.process_time() - began < 1


@pytest.mark.parametrize("attack", EXTRACTS, ids=str)
def test_extract(attack: Attack, tmp_path: Path) -> None:
    path = attack.make(tmp_path / "streets.osm.pbf")
    for read in (count_streets, read_extract):
        with pytest.raises(FeedError) as caught:
            read(path)
        assert caught.value.code == attack.code
