"""Every hostile feed becomes what is declared, in this process; `make bars` imports each for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds import write_zip
from tests.transit.feeds.hostile import CASES, Case, good
from transit.feeds.explanations import EXPLANATIONS, Outcome
from transit.feeds.imports import Reading
from transit.feeds.reading import read_the_feed


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What is read of the good feed."""
    reading = Reading.of(read_the_feed(str(write_zip(tmp_path_factory.mktemp("good") / "good.zip", good()))))
    assert not reading.notices
    assert not reading.reason
    assert reading.losses["trips"][0] == 0
    return reading


def test_there_are_enough() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES.values(), ids=str)
def test_outcome(case: Case, sound: Reading, tmp_path: Path) -> None:
    reading = Reading.of(read_the_feed(str(case.make(tmp_path / "feed.zip")))).judged()
    if case.what == "reject":
        assert {reading.code} == case.codes, reading
        assert len(reading.reason) > 20
        return
    assert not reading.reason
    assert {notice.code for notice in reading.notices} == case.codes
    if case.what in ("fine", "repair"):
        assert reading.losses == sound.losses
        assert reading.summary == sound.summary
    else:
        assert any(EXPLANATIONS[code].outcome is Outcome.DROP for code in case.codes)
