"""A timetable is there, not about to end, without mistakes, and has what its page in the register promises."""

from __future__ import annotations

from typing import Any

import pytest

from tests import feeds
from tests.features.probed import Probed, Site
from transit.models import FeedVersion, Interface, Probe, Service

BUSES = """
stop A 60.1000 24.9000 Airport
stop B 60.1200 24.9200 Bridge
line 1 bus A 10:05 B 10:15
"""
PRICES = "fare_id,price,currency_type,payment_method,transfers\nf,3.50,EUR,1,0\n"


def calendar(last: str) -> str:
    """A feed that ends on a day."""
    days = f"daily,1,1,1,1,1,1,1,20260101,{last}"
    head = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    return f"{BUSES}\n[calendar.txt]\n{head}\n{days}\n"


@pytest.fixture
def site(probed: Probed) -> Site:
    return probed.site()


def publish(probed: Probed, site: Site, text: str, **headers: str) -> None:
    """The operator puts a feed on its server."""
    site.bodies["/bus.zip"] = feeds.write_feed(probed.town.folder / "site.zip", text).read_bytes()
    site.headers["/bus.zip"] = headers


def disclosed(probed: Probed, site: Site, *contents: str, **fields: Any) -> Interface:
    return probed.discloses("bus", "GTFS", f"{site.url}/bus.zip", *contents, **fields)


def test_in_order(probed: Probed, site: Site) -> None:
    publish(probed, site, BUSES)
    disclosed(probed, site, "route-and-schedule")
    assert probed.asks("bus") == "FINE"
    assert probed.grade("bus") == "A"
    evidence = Probe.objects.get().evidence
    assert "HTTP 200" in evidence
    assert "trips: 1" in evidence
    assert not FeedVersion.objects.exists(), "it was looked at, not imported"


def test_down(probed: Probed, site: Site) -> None:
    disclosed(probed, site)
    for status, said in ((404, "answered_with status=404"), (503, "answered_with status=503"), (403, "needs_access")):
        site.statuses["/bus.zip"] = status
        assert said in probed.asks("bus")
    Interface.objects.update(url="http://127.0.0.1:9/bus.zip")
    assert probed.asks("bus") == "DOWN: address_forbidden"
    Interface.objects.update(url="https://nobody.invalid/bus.zip")
    assert probed.asks("bus") == "DOWN: no_such_host"


@pytest.mark.parametrize(
    ("last", "found", "grade"),
    [
        ("20261220", "FINE", "A"),
        ("20261204", "FAULTY: ends_soon date=2026-12-04", "B: weak fresh ends_soon"),
        ("20261126", "FAULTY: ends_soon date=2026-11-26", "C: bad fresh ends_soon"),
        ("20261122", "FAULTY: expired date=2026-11-22", "F: unusable fresh expired"),
    ],
)
def test_about_to_end(probed: Probed, site: Site, last: str, found: str, grade: str) -> None:
    publish(probed, site, calendar(last))
    disclosed(probed, site)
    assert probed.asks("bus") == found
    assert probed.grade("bus") == grade


def test_the_day_comes_though_nothing_changes(probed: Probed, site: Site) -> None:
    """The same bytes are not read again; what follows from the day is said by the day."""
    publish(probed, site, calendar("20261220"), ETag='"one"')
    disclosed(probed, site)
    assert probed.asks("bus") == "FINE"
    probed.later(days=20)
    assert probed.asks("bus") == "FAULTY: ends_soon date=2026-12-20"
    assert "HTTP 304" in Probe.objects.all()[0].evidence
    probed.later(days=10)
    assert probed.asks("bus") == "FAULTY: expired date=2026-12-20"


@pytest.mark.parametrize(
    "content", [b"", b"<html>Moved</html>", b"PK\x03\x04 and nothing more"], ids=["empty", "page", "torn"]
)
def test_no_timetable_at_all(probed: Probed, site: Site, content: bytes) -> None:
    site.bodies["/bus.zip"] = content
    disclosed(probed, site)
    assert probed.asks("bus") == "FAULTY: refused file=GTFS"
    assert probed.grade("bus") == "F: unusable valid refused"


def test_mistakes(probed: Probed, site: Site) -> None:
    publish(probed, site, BUSES.replace("60.1200 24.9200", "160.1 24.9"))
    disclosed(probed, site)
    assert "refused" in probed.asks("bus"), "more cannot be used than may be"
    publish(probed, site, f"{BUSES}\n[fare_attributes.txt]\n{PRICES.replace('3.50', 'x')}")
    assert "validator_errors" in probed.asks("bus")
    assert probed.grade("bus").startswith("C: bad valid validator_errors")


def test_what_is_promised_and_missing(probed: Probed, site: Site) -> None:
    publish(probed, site, BUSES)
    interface = disclosed(probed, site, "route-and-schedule", "pricing", "accessibility-services")
    assert interface.operator is not None
    for agency in ("ag", "night"):
        Service.objects.create(operator=interface.operator, agency_id=f"bus:{agency}", name=agency)
    assert probed.asks("bus") == (
        "FAULTY: missing_agency count=1, promise_broken content=accessibility-services, promise_broken content=pricing"
    )
    rows = Probe.objects.all()[0].findings
    assert rows[0]["samples"] == ["night"]
    publish(probed, site, f"{BUSES.replace('Airport', 'wheelchair=1 Airport')}\n[fare_attributes.txt]\n{PRICES}")
    assert probed.asks("bus") == "FAULTY: missing_agency count=1"


def test_read_whole_only_where_it_may_have_changed(probed: Probed, site: Site) -> None:
    publish(probed, site, BUSES)
    disclosed(probed, site)
    probed.asks("bus")
    site.bodies["/bus.zip"] = b"PK" + bytes(len(site.bodies["/bus.zip"]) - 2)
    assert probed.asks("bus") == "FINE", "a server that says nothing of versions is read whole every six hours"
    probed.later(hours=7)
    assert probed.asks("bus") == "FAULTY: refused file=GTFS"
