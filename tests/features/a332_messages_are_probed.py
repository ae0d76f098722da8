"""What interfaces say now is of now, without mistakes, and about the trips of their timetable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.features.now import BUSES
from tests.features.probed import Probed, Site
from tests.messages import message
from transit.models import Interface

DELAY = "trip 1-0 A+300"


@pytest.fixture
def site(probed: Probed) -> Site:
    probed.town.publish(bus=BUSES)
    site = probed.site()
    probed.discloses("bus-now", "GTFS-RT", f"{site.url}/bus.pb", of=Interface.objects.get(name="bus"))
    return site


def said(site: Site, text: str, **ago: float) -> None:
    site.bodies["/bus.pb"] = message(text, datetime.now(UTC) - timedelta(**ago))


def test_in_order(probed: Probed, site: Site) -> None:
    said(site, DELAY)
    assert probed.asks("bus-now") == "FINE"
    assert probed.grade("bus-now") == "A"


@pytest.mark.parametrize(("minutes", "grade"), [(4, "A"), (8, "C: bad fresh stale"), (40, "F: unusable fresh stale")])
def test_old(probed: Probed, site: Site, minutes: int, grade: str) -> None:
    said(site, DELAY, minutes=minutes)
    probed.asks("bus-now")
    assert probed.grade("bus-now") == grade


@pytest.mark.parametrize("content", [b"", b"<html/>", b"{}", b"\x00\x01\x02"], ids=["empty", "page", "json", "noise"])
def test_no_message(probed: Probed, site: Site, content: bytes) -> None:
    site.bodies["/bus.pb"] = content
    assert probed.asks("bus-now") == "FAULTY: refused file=GTFS-Realtime"


def test_of_the_future(probed: Probed, site: Site) -> None:
    said(site, DELAY, minutes=-30)
    assert probed.asks("bus-now").startswith("FAULTY: refused")


def test_of_another_timetable(probed: Probed, site: Site) -> None:
    said(site, "trip other-1 A+5\ntrip other-2 A+5")
    assert probed.asks("bus-now") == "FAULTY: unknown_trips trips=2 unknown=2"


def test_nothing_for_a_day(probed: Probed, site: Site) -> None:
    """At night nothing runs; after a day it is a fault."""
    for hours in (0, 10, 10):
        probed.later(hours=hours)
        said(site, "")
        assert probed.asks("bus-now") == "FINE"
    probed.later(hours=10)
    said(site, "")
    assert probed.asks("bus-now") == "FAULTY: nothing_there"
    said(site, DELAY)
    assert probed.asks("bus-now") == "FINE"


def test_down_and_up_again(probed: Probed, site: Site) -> None:
    said(site, DELAY)
    probed.asks("bus-now")
    site.statuses["/bus.pb"] = 500
    for grade in ("B", "B", "F", "F"):
        probed.later(minutes=5)
        assert probed.asks("bus-now") == "DOWN: answered_with status=500"
        assert probed.grade("bus-now")[0] == grade
    del site.statuses["/bus.pb"]
    probed.later(minutes=5)
    said(site, DELAY)
    assert probed.asks("bus-now") == "FINE"
    assert probed.grade("bus-now") == "A"
    assert probed.alerts("bus-now") == ["down", "up"]
