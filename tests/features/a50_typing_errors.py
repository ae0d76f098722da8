"""Names are found with a letter too many, missing, wrong or swapped; as they are written comes first."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.django_db

TOWN = """
stop H 49.4800 8.4700 Hauptbahnhof
stop M 49.4810 8.4710 Marktplatz
stop N 49.4820 8.4720 Markplatz
stop U 49.4830 8.4730 Universitätsklinikum
stop S 49.4840 8.4740 St. Josef
stop J 49.4850 8.4750 Max-Joseph-Straße
stop L 49.4860 8.4760 Łódzka
stop O 49.4870 8.4770 Ørsted Å
line 1 bus H 8:00 M 8:05 N 8:06 U 8:10 S 8:15 J 8:20 L 8:25 O 8:30
"""
STREETS = "street residential 49.4800,8.4700 49.4870,8.4770 # Bäckerstraße\n"


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=TOWN)
    return town


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Haptbahnhof", "stop Hauptbahnhof"),
        ("Hauuptbahnhof", "stop Hauptbahnhof"),
        ("Huaptbahnhof", "stop Hauptbahnhof"),
        ("Hauptbahmhof", "stop Hauptbahnhof"),
        ("Huptbanhof", "stop Hauptbahnhof"),
        ("hupt", "stop Hauptbahnhof"),
        ("Universitetsklinik", "stop Universitätsklinikum"),
        ("Bekerstraße", "street Bäckerstraße"),
        ("Baeckerstr", "street Bäckerstraße"),
        ("Backerstrase", "street Bäckerstraße"),
        ("bäcker straße", "street Bäckerstraße"),
        ("Hbf", "stop Hauptbahnhof"),
        ("Sankt Josef", "stop St. Josef"),
        ("Saint Joseph", "stop St. Josef"),
        ("Max Josef Str.", "stop Max-Joseph-Straße"),
        ("maxjosephstr", "stop Max-Joseph-Straße"),
        ("Lodzka", "stop Łódzka"),
        ("oersted aa", "stop Ørsted Å"),
    ],
)
def test_found_all_the_same(named: Town, typed: str, found: str) -> None:
    assert named.places(typed)[0] == found


def test_what_is_written_right_comes_first(named: Town) -> None:
    assert named.places("Marktplatz") == ["stop Marktplatz"]
    assert named.places("Markplatz") == ["stop Markplatz"]
    assert named.places("Marktpltz") == ["stop Marktplatz", "stop Markplatz"]  # one error, two errors


@pytest.mark.parametrize("typed", ["xqzvk", "bus", "hb"])
def test_nothing_is_made_up(named: Town, typed: str) -> None:
    assert named.places(typed) == []
