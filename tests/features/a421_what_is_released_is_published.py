"""What an officer releases stands in the register, and as GTFS-Flex and GOFS in the open data, as it was set."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from tests.features.office import Office
from tests.features.town import Town
from tests.feeds import NOW
from transit.feeds import gofs_files
from transit.feeds.gofs import OnCall
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.following import decisions, fetching
from transit.models import (
    BookingRule,
    FeedVersion,
    Interface,
    OperationArea,
    PriceClass,
    RegisterChange,
    RuleSet,
    ServiceException,
    ServiceHours,
)
from transit.network.publish import publish_network
from transit.ondemand import versions
from transit.ondemand.areas import holds
from transit.register import on_call
from transit.routing.booking import Booking
from transit.tasks import publish_on_demand, renew_on_demand

pytestmark = pytest.mark.db
HILL = "60.20, 24.80\n60.20, 25.00\n60.30, 25.00\n60.30, 24.80"


@pytest.fixture
def office(town: Town) -> Office:
    return Office()


def released(office: Office, day: str = "2026-11-23") -> str:
    """A service with two zones, a holiday, a price and a deadline."""
    version = office.set_up()
    office.send(f"{version}/zones/new", "save", name="Hill", names_fi="Mäki", rings=HILL)
    office.send(f"{version}/pairs/new", "save", origin="valley", destination="hill")
    office.send(f"{version}/special_days/new", "save", name="Christmas", first_day="2026-12-24", last_day="2026-12-25")
    office.send(f"{version}/special_days/new", "save", name="New year", first_day="2026-12-31", last_day="2026-12-31",
                spans="10:00–25:10")  # fmt: skip
    office.send(f"{version}/booking", "save", notice_s="90", ahead_days="14", phone="0100 1")
    office.send(f"{version}/fares", "save", base_minor="3.50", per_km_minor="0.20", also={"share_child": "50"})
    office.submit(version, day)
    Office("second").send(version, "release")
    return version


def system(client: Client, service: str = "valley-ride-gofs") -> OnCall:
    """The GOFS files as anybody reads them."""
    texts = {"gofs": client.get(f"/open-data/{service}/gofs.json").content.decode()}
    ((_tag, block),) = json.loads(texts["gofs"])["data"].items()
    for feed in block["feeds"]:
        answer = client.get(feed["url"].split("/", 3)[3].join(("/", "")))
        texts[feed["name"]] = answer.content.decode()
    return gofs_files.read(texts)


def test_in_the_register(office: Office) -> None:
    publish_on_demand(service_id=office_service(released(office)))
    assert [(row.name, row.names, row.primary) for row in OperationArea.objects.all()] == [
        ("Valley", {}, True), ("Hill", {"fi": "Mäki"}, False),
    ]  # fmt: skip
    assert [(str(row.opens), str(row.closes), row.weekdays) for row in ServiceHours.objects.all()] == [
        ("06:00:00", "22:00:00", [0, 1, 2, 3, 4])
    ]
    assert [(row.start_date.day, row.end_date.day, str(row.closes)) for row in ServiceException.objects.all()] == [
        (24, 25, "None"), (31, 31, "01:10:00"),
    ]  # fmt: skip
    assert [(row.amount_minor, row.unit) for row in PriceClass.objects.all()] == [
        (350, "start"), (20, "kilometre"), (175, "start"),
    ]  # fmt: skip
    assert PriceClass.objects.latest("pk").name.endswith("lapset"), "in the first language of the region"
    rule = BookingRule.objects.get()
    assert (rule.booking_type, rule.prior_notice_duration_min, rule.phone_number) == (1, 90, "0100 1")
    page = Client().get("/register/services/valley-ride").content.decode()
    assert "Hill" in page
    assert {row.code for row in RegisterChange.objects.all()} >= {"valley-ride", "valley-ride-flex", "valley-ride-gofs"}
    answer = Client().get("/api/v1/register/services/valley-ride").json()
    assert answer["kind"] == "on-demand"


def test_as_gofs_that_our_own_reader_understands(office: Office, shared_specs: Path) -> None:
    version = released(office)
    publish_on_demand(service_id=office_service(version))
    client = Client()
    for name in ("gofs", "zones", "operating_rules", "calendars", "booking_rules", "service_brands", "vehicle_types",
                 "system_information"):  # fmt: skip
        path = "gofs.json" if name == "gofs" else f"gofs/{name}.json"
        document = client.get(f"/open-data/valley-ride-gofs/{path}").json()
        schema = json.loads((shared_specs / "gofs" / f"{name}.json").read_text())
        jsonschema.Draft7Validator(schema).validate(document)
    found = system(client)
    rules = versions.rules_of(RuleSet.objects.get())
    assert not found.faults
    assert (found.name, found.timezone, found.phone) == ("Valley Ride", "Europe/Helsinki", "")
    ways = {(each.origin, each.destination) for each in found.rules}
    there, back = ((rules.zones[0].rings, rules.zones[1].rings), (rules.zones[1].rings, rules.zones[0].rings))
    assert {tuple(map(corners, way)) for way in ways} == {tuple(map(corners, way)) for way in (there, back)}
    usual = [each for each in found.rules if each.runs(date(2026, 11, 24))]
    assert {(each.pickup, each.drop_off) for each in usual} == {((21_600, 79_200), (21_600, 79_200))}
    assert all(each.wheelchair and not each.is_car for each in usual)
    for day, runs in ((24, False), (25, False), (28, True), (26, False)):
        assert any(each.runs(date(2026, 12, day)) for each in found.rules) is runs, day
    (late,) = {each.drop_off for each in found.rules if each.runs(date(2026, 12, 31))}
    assert late == (36_000, 90_600)
    (booking,) = {each.booking for each in found.rules}
    assert (booking.kind, booking.notice_min_s, booking.start_day, booking.phone) == (
        Booking.SAME_DAY, 5400, 14, "0100 1",
    )  # fmt: skip
    fare = usual[0].fare
    assert fare is not None
    assert fare.price(2100, 300).minor == 350 + 3 * 20


def corners(rings: Any) -> frozenset[tuple[float, float]]:
    return frozenset(corner for ring in rings for corner in ring)


def office_service(version: str) -> int:
    return int(RuleSet.objects.get(pk=version.rsplit("/", 1)[1]).service_id)


def test_as_gtfs_flex_that_validators_understand(office: Office, tmp_path: Path) -> None:
    version = released(office)
    publish_on_demand(service_id=office_service(version))
    row = FeedVersion.objects.get()
    assert row.state == "IMPORTED"
    answer: Any = Client().get("/open-data/valley-ride-flex/gtfs.zip")
    path = tmp_path / "flex.zip"
    path.write_bytes(b"".join(answer.streaming_content))
    notices = {(each.code, each.severity) for each in row.notices.all()}
    assert not {each for each in notices if each[1] != "INFO"}, notices
    flex = read_gtfs(path, Notices()).flex
    rules = versions.rules_of(RuleSet.objects.get())
    assert {corners(area.rings) for area in flex.areas} == {corners(zone.rings) for zone in rules.zones}
    assert {(ride.pickup, ride.drop_off) for ride in flex.rides} == {
        ((21_600, 79_200), (21_600, 79_200)), ((36_000, 90_600), (36_000, 90_600)),
    }  # fmt: skip
    assert {(ride.origin, ride.destination) for ride in flex.rides} == {(0, 1), (1, 0)}
    assert {(ride.safe_factor, ride.safe_offset_s, ride.wheelchair) for ride in flex.rides} == {(1.5, 600, 1)}
    (rule,) = flex.rules
    assert (rule.kind, rule.notice_min_s, rule.start_day, rule.phone) == (Booking.SAME_DAY, 5400, 14, "0100 1")
    assert "CC-BY-4.0" in Client().get("/open-data").content.decode()


def test_what_is_not_driven_and_one_price_for_all_are_in_flex(office: Office, tmp_path: Path) -> None:
    version = office.set_up()
    core = "60.11, 24.85\n60.11, 24.95\n60.14, 24.95\n60.14, 24.85"
    office.send(f"{version}/exclusions/new", "save", name="Town centre", by="area", rings=core)
    office.send(f"{version}/fares", "save", base_minor="3.50", also={"share_child": "50"})
    office.submit(version, "2026-11-23")
    Office("second").send(version, "release")
    publish_on_demand(service_id=office_service(version))
    row = FeedVersion.objects.get()
    notices = {(each.code, each.severity) for each in row.notices.all()}
    assert not {each for each in notices if each[1] != "INFO"}, notices
    answer: Any = Client().get("/open-data/valley-ride-flex/gtfs.zip")
    path = tmp_path / "flex.zip"
    path.write_bytes(b"".join(answer.streaming_content))
    flex = read_gtfs(path, Notices()).flex
    (inside,) = (i for i, area in enumerate(flex.areas) if holds(area.rings, 24.9, 60.125))
    (outside,) = (i for i in range(len(flex.areas)) if i != inside)
    assert {(ride.origin, ride.destination) for ride in flex.rides} == {
        (inside, outside), (outside, inside), (outside, outside),
    }  # fmt: skip
    with zipfile.ZipFile(path) as packed:
        products = packed.read("fare_products.txt").decode().splitlines()
    assert [line.split(",")[2:] for line in products[1:3]] == [["adult", "3.50", "EUR"], ["child", "1.75", "EUR"]]


def test_our_own_search_does_not_read_it(office: Office, town: Town) -> None:
    town.publish(bus="stop A 60.1 24.9 A\nstop B 60.2 24.9 B\nline 1 bus A 8:00 B 8:30")
    publish_on_demand(service_id=office_service(released(office)))
    assert Interface.objects.filter(read_here=False).count() == 2
    assert on_call.list_due(NOW) == []
    assert [each for each in fetching.list_due(NOW) if not Interface.objects.get(pk=each).read_here] == []
    assert "valley-ride-flex" not in {each.interface.name for each in decisions.list_followed(office.user, NOW)}
    network = publish_network("coast", NOW)
    assert {each.interface.name for each in network.feed_versions.all()} == {"bus"}


def test_a_version_that_will_hold_is_told_beforehand_and_begins_by_itself(office: Office, monday: Any) -> None:
    first = released(office)
    service = office_service(first)
    again = office.send("services/valley-ride", "")
    office.send(f"{again}/hours/0", "save", start_s="08:00")
    office.send(f"{again}/fares", "save", base_minor="4")
    office.submit(again, "2026-12-01")
    Office("third").send(again, "release")
    publish_on_demand(service_id=service)
    found = system(Client())
    for day, start in ((date(2026, 11, 30), 21_600), (date(2026, 12, 1), 28_800)):
        assert {each.pickup[0] for each in found.rules if each.runs(day)} == {start}
    assert PriceClass.objects.order_by("pk")[0].amount_minor == 350
    before = FeedVersion.objects.count()
    publish_on_demand(service_id=service)
    assert FeedVersion.objects.count() == before, "nothing is written where nothing has changed"
    monday.move_to("2026-12-01T05:00:00Z")
    renew_on_demand()
    assert PriceClass.objects.order_by("pk")[0].amount_minor == 400
    assert ServiceHours.objects.get().opens.hour == 8
