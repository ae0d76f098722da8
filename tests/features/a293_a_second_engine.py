"""Whoever wants to compare asks R5 for the same table, up to what is missing: that is named, and nothing is fetched."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.features.a290_how_far_one_gets import FEED, STREETS, said
from tests.features.town import Town
from transit.accessibility import r5
from transit.accessibility.studies import sources_of_network


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of nobody else."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    return tmp_path


def settle(home: Path, text: str) -> None:
    (home / "config" / "r5py.yml").write_text(text)


def test_the_jar_is_one_that_somebody_named(home: Path) -> None:
    with pytest.raises(r5.NoR5, match="Nothing is fetched"):
        r5.find_jar(None)
    first, second = home / "r5 a.jar", home / "b.jar"
    settle(home, f"verbose: true\nr5-classpath: '{first}'  # the one of the office\n")
    with pytest.raises(r5.NoR5, match=r"There is no R5 at .*r5 a.jar"):
        r5.find_jar(None)
    first.touch()
    second.touch()
    assert r5.find_jar(None) == first
    assert r5.find_jar(str(second)) == second
    settle(home, "#r5-classpath: /nowhere\n")
    with pytest.raises(r5.NoR5, match=r"r5py\.yml"):
        r5.find_jar(None)


def test_it_is_given_the_files_of_the_network(town: Town) -> None:
    town.publish(STREETS, coast=FEED)
    found = sources_of_network()
    assert list(found.feeds) == ["coast"]
    assert found.feeds["coast"].read_bytes()[:2] == b"PK"
    assert [path.stat().st_size > 0 for path in found.streets] == [True]


def test_its_minutes_become_seconds(tmp_path: Path) -> None:
    # As `TravelTimeMatrix.to_csv` of r5py writes it: floats, nothing where a place is not reached.
    (tmp_path / "r5.csv").write_text("from_id,to_id,travel_time_p5,travel_time_p50\n01,02,7.0,12.0\n01,b,9.0,\n")
    table = r5.read_table(tmp_path / "r5.csv", (5, 50))
    assert table.columns == ["from_id", "to_id", "p5_s", "p50_s"]
    assert table.rows() == [("01", "02", 420, 720), ("01", "b", 540, None)]


def test_what_is_missing_is_named(town: Town, home: Path) -> None:
    town.publish(STREETS, coast=FEED)
    # Without these requirements their name; with them, as there is no jar, that.
    with pytest.raises(CommandError, match=r"requirements-r5|No R5 is named"):
        said("matrix", "--engine", "r5")
    (home / "empty.jar").write_bytes(b"")
    with pytest.raises(CommandError, match=r"requirements-r5|R5 ended with"):
        said("matrix", "--engine", "r5", "--r5-jar", str(home / "empty.jar"))
