"""A company with two buses and no system enters its line in the browser, and a traveller finds and buys the ride."""

import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from google.transit.gtfs_realtime_pb2 import FeedMessage

from tests.features import lines
from tests.features.a107_statements import member
from tests.features.market import Market
from tests.feeds import NOW
from transit.models import HostedDays, HostedLine, HostedPattern, HostedSeason, HostedStop, Interface, Operator, Region
from transit.network.publish import publish_network
from transit.tasks import publish_feeds, write_hosted_feed, write_hosted_realtime

pytestmark = pytest.mark.db
PAGE = "/operators/saari/timetable"


@pytest.fixture
def office(market: Market) -> Client:
    """Its staff; the region knows the company."""
    market.sells("saari")
    Operator.objects.filter(code="saari").update(region=Region.objects.get())
    return member("operator_staff", "saari")


def send(office: Client, path: str, status: int = 302, also: dict[str, str] | None = None, **fields: Any) -> str:
    answer = office.post(f"{PAGE}/{path}", fields | (also or {}))
    assert answer.status_code == status, re.findall('field-error">(.*?)<', answer.content.decode())
    return str(answer.get("Location", "")) or answer.content.decode()


def enter(office: Client) -> HostedPattern:
    """Everything, as the pages lead one to."""
    for name, lat in (("Satama", "60.15"), ("Koulu", "60.17"), ("Tori", "60.19")):
        send(office, "stops", name=name, lat=lat, lon="24.9", wheelchair="1", zone="")
    send(office, "lines", short_name="7", long_name="Satama – Tori", mode="3", colour="#00529f")
    season = send(office, "seasons", name="Winter", first_day="2026-11-01", last_day="2027-03-31")
    pk = season.rsplit("/", 1)[1]
    send(office, f"seasons/{pk}", do="days", name="School days", on=["0", "1", "2", "3", "4"], never="2026-12-24")
    send(office, f"seasons/{pk}", do="pattern", line=HostedLine.objects.get().code, headsign="Tori", direction="0")
    return HostedPattern.objects.get()


def fill(office: Client, pattern: HostedPattern, *columns: str, do: str = "save", **more: Any) -> Any:
    """Send the table: columns of times with blanks between them."""
    stops = [*HostedStop.objects.order_by("lat").values_list("code", flat=True)]
    fields: dict[str, Any] = {"stop": stops, "days": [HostedDays.objects.get().pk] * len(columns), "do": do, **more}
    for number, column in enumerate(columns):
        fields |= {f"t{row}-{number}": text for row, text in enumerate(column.replace("_", "").split(" "))}
    return office.post(f"{PAGE}/grids/{pattern.pk}", fields)


def test_entered_found_and_bought(market: Market, office: Client) -> None:
    pattern = enter(office)
    assert fill(office, pattern, "10:06 10:11 10:20", "11:06 _ 11:20").status_code == 302
    season = HostedSeason.objects.get()
    assert "First enter the departures" not in office.get(PAGE).content.decode()
    assert "Release a season first" in office.get(PAGE).content.decode()
    send(office, f"seasons/{season.pk}", do="release")
    send(office, "fares", name="Kerta", category="adult", price="3.50", transfer_min="60")
    assert office.post(PAGE).status_code == 302
    write_hosted_feed(operator_id=Operator.objects.get().pk)
    publish_feeds()
    assert "Travellers see it" in office.get(PAGE).content.decode()
    interface = Interface.objects.get()
    assert (interface.name, interface.url.rsplit("/", 3)[1:]) == ("saari", ["open-data", "saari", "gtfs.zip"])
    stops = dict(HostedStop.objects.values_list("name", "code"))
    there = f"saari:{stops['Satama']}", f"saari:{stops['Tori']}"
    assert market.journeys(*there, "10:00") == ["10:06 Bus 7 Satama–Tori 10:20"]
    code = market.buy(*there, "10:00")
    assert market.order(code)["status"]["charged"] == {"minor": 350, "currency": "EUR"}


def test_seats_are_those_of_the_departure(market: Market, office: Client) -> None:
    make_public(market, office, "1", "")
    stops = dict(HostedStop.objects.values_list("name", "code"))
    there = f"saari:{stops['Satama']}", f"saari:{stops['Tori']}"
    market.buy(*there, "10:00")
    offer = market.ask(*there, "10:00")
    code = market.accept(offer)
    assert market.work(code).startswith("FAILED")
    for _ in range(2):
        market.buy(*there, "10:30")


def test_late_cancelled_and_told(market: Market, office: Client) -> None:
    make_public(market, office)
    page = office.get("/operators/saari/today").content.decode()
    assert re.findall(r'class="clock">(.*?)<', page) == ["10:06", "11:06"]
    early, later = re.findall(r'href="\?trip=(.*?)"', page)
    assert "10 min late" in office.get(f"/operators/saari/today?trip={early}").content.decode()
    for trip, fields in ((early, {"delay": "10"}), (later, {"do": "cancel"})):
        assert office.post("/operators/saari/today", {"trip": unquote(trip), **fields}).status_code == 302
    said = {"do": "alert", "text": "Koulu is closed", "line": HostedLine.objects.get().code, "hours": "12"}
    assert office.post("/operators/saari/today", said).status_code == 302
    write_hosted_realtime()
    message = FeedMessage.FromString(Client().get("/open-data/saari/realtime.pb").content)
    assert sorted(bool(each.HasField("alert")) for each in message.entity) == [False, False, True]
    market.wait_for_pointer()
    stops = dict(HostedStop.objects.values_list("name", "code"))
    found = market.plan(f"saari:{stops['Satama']}", f"saari:{stops['Tori']}", "10:00", day="2026-11-23", window="7200")
    assert [lines.journey(each) for each in found] == ["10:16 Bus 7 Satama–Tori 10:30"]
    assert "Koulu is closed" in str(found)


def test_everybody_s_data(market: Market, office: Client) -> None:
    make_public(market, office)
    answer: Any = Client().get("/open-data/saari/gtfs.zip")
    content = b"".join(answer.streaming_content)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert answer["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    known = {"If-None-Match": answer["ETag"]}
    assert Client().get("/open-data/saari/gtfs.zip", headers=known).status_code == 304
    kept = answer["ETag"].strip('"')
    again: Any = Client().get(f"/open-data/saari/gtfs-{kept}.zip")
    assert b"".join(again.streaming_content) == content
    for nothing in ("bus/gtfs.zip", "saari/gtfs-0.zip", "saari/realtime.pb"):
        assert Client().get(f"/open-data/{nothing}").status_code == 404
    assert "CC-BY-4.0" in Client().get("/open-data").content.decode()


def make_public(market: Market, office: Client, *seats: str) -> None:
    """Two departures that travellers find."""
    pattern = enter(office)
    more: dict[str, Any] = {"seats": list(seats)} if seats else {}
    assert fill(office, pattern, "10:06 10:11 10:20", "11:06 _ 11:20", **more).status_code == 302
    send(office, f"seasons/{pattern.season_id}", do="release")
    send(office, "fares", name="Kerta", category="adult", price="3.50", transfer_min="60")
    write_hosted_feed(operator_id=Operator.objects.get().pk)
    publish_network("coast", NOW)
    market.wait_for_pointer()


def test_nothing_typed_is_lost(office: Client) -> None:
    pattern = enter(office)
    answer = fill(office, pattern, "10:06 9:11 10:20", "soon 11:11 11:20")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was saved yet." in page
    assert "This is earlier than at the stop before." in page
    assert 'value="soon"' in page
    assert not pattern.departures.exists()
    longer = fill(office, pattern, "10:06 10:11 10:20", do="repeat", every="30", until="12:00").content.decode()
    assert all(f'value="{time}"' in longer for time in ("10:36", "11:36", "11:50"))
    assert "12:06" not in longer
    assert "Write after how many minutes" in fill(office, pattern, "10:06 10:11 10:20", do="repeat").content.decode()


def test_seasons_are_copied_and_stops_in_use_stay(office: Client) -> None:
    pattern = enter(office)
    fill(office, pattern, "10:06 10:11 10:20")
    season, stop = pattern.season, HostedStop.objects.all()[0]
    summer = {"copy-name": "Summer", "copy-first_day": "2027-04-01", "copy-last_day": "2027-08-31"}
    copied = send(office, f"seasons/{season.pk}", do="copy", also=summer)
    assert "Summer" in office.get(copied).content.decode()
    assert "A timetable stops here." in send(office, f"stops/{stop.code}", 409, do="remove")
    send(office, f"seasons/{season.pk}", do="release")
    send(office, f"seasons/{season.pk}", do="withdraw")
    assert [each.new for each in season.events.order_by("pk")] == ["RELEASED", "DRAFT"]
    send(office, f"grids/{pattern.pk}", do="remove")
    assert "The last day is before the first." in send(
        office, "seasons", 422, name="Never", first_day="2027-02-01", last_day="2027-01-01"
    )
    assert "There is a price for these already." in _priced_twice(office)


def _priced_twice(office: Client) -> str:
    fields = {"name": "Kerta", "category": "adult", "price": "3.50", "transfer_min": "0"}
    send(office, "fares", also=fields)
    return send(office, "fares", 422, also=fields)


def test_only_one_s_own(office: Client, market: Market) -> None:
    pattern, stop = enter(office), HostedStop.objects.all()[0]
    market.sells("other")
    other = member("operator_staff", "other")
    own = (f"/stops/{stop.code}", f"/seasons/{pattern.season_id}", f"/grids/{pattern.pk}")
    pages = ("", "/stops", "/lines", "/seasons", "/fares", *own)
    inspector = member("inspector", "saari")
    for page in pages:
        assert office.get(PAGE + page).status_code == 200
        assert {each.get(PAGE + page).status_code for each in (other, inspector)} == {404}
        assert Client().get(PAGE + page).status_code == 302
    for page in own:
        assert other.post(f"/operators/other/timetable{page}", {"do": "remove"}).status_code == 404
    assert HostedPattern.objects.filter(pk=pattern.pk).exists()
