"""GOFS: the operator of the sandbox keeps to the published schemas, and what is read is what it says."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from maas.sandbox.gofs import Service, create_app
from tests.servers import serve
from transit.feeds.gbfs import Refused
from transit.feeds.gofs import OnCall
from transit.feeds.gofs_fares import fare_of
from transit.feeds.gofs_files import read
from transit.money import Money
from transit.routing.booking import Booking

RING = [[24.8, 60.09], [25.0, 60.09], [25.0, 60.17], [24.8, 60.17], [24.8, 60.09]]
EVE = {"booking_type": 2, "prior_notice_last_day": 1, "prior_notice_last_time": "17:00:00", "from_zone_ids": ["all"]}


def texts(service: Service) -> dict[str, str]:
    """The files of a service as they come over the wire."""
    with serve(lambda own: create_app({"s": service}, own)) as (url, _):
        discovery = httpx.get(f"{url}/s/gofs.json", trust_env=False).text
        rows = json.loads(discovery)["data"]["en"]["feeds"]
        files = {row["name"]: row["url"] for row in rows if row["url"].endswith(".json")}
        found = {name: httpx.get(address, trust_env=False).text for name, address in files.items()}
    return {"gofs": discovery.replace(url, "http://op")} | found


def changed(file: str, change: Any, service: Service | None = None) -> OnCall:
    """What is read where a file is otherwise."""
    found = texts(service or Service("Valley", RING))
    whole = json.loads(found[file])
    change(whole["data"])
    return read(found | {file: json.dumps(whole)})


def test_the_twin_keeps_to_the_schemas(shared_specs: Path) -> None:
    found = texts(Service("Valley", RING, booking_rules=[EVE], wheelchair="boarding_accessible"))
    checked = []
    for name, text in found.items():
        if (path := shared_specs / "gofs" / f"{name}.json").is_file():
            schema = json.loads(path.read_text())
            if name == "calendars":  # it describes an object inside of an array, which no file can be
                schema["properties"]["data"]["properties"]["calendars"].pop("properties", None)
            jsonschema.Draft7Validator(schema).validate(json.loads(text))
            broken = deepcopy(json.loads(text))
            broken["nonsense"] = 1
            assert not jsonschema.Draft7Validator(schema).is_valid(broken), name
            checked.append(name)
    assert len(checked) == 8


def test_what_is_read() -> None:
    system = read(texts(Service("Valley", RING, booking_rules=[EVE], seats=4)))
    (rule,) = system.rules
    assert (system.name, system.operator, system.timezone) == ("Valley", "Valley Ltd", "Europe/Helsinki")
    assert (rule.name, rule.brands, rule.pickup) == ("Valley van", ("van",), (6 * 3600, 22 * 3600))
    assert (rule.origin, rule.is_car, rule.wheelchair) == ((tuple(map(tuple, RING)),), True, None)
    assert (rule.booking.kind, rule.booking.last_day, rule.booking.last_time_s) == (Booking.EARLIER_DAYS, 1, 61_200)
    assert system.queries == {"realtime_booking": "http://op/s/realtime_booking", "wait_time": "http://op/s/wait_time"}


def test_calendars() -> None:
    def weekdays(data: Any) -> None:
        data["calendars"][0] |= {"days": ["mon", "tue"], "excepted_dates": ["20261124"]}

    (rule,) = changed("calendars", weekdays).rules
    assert [rule.runs(date(2026, 11, day)) for day in (23, 24, 25)] == [True, False, False]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("operating_rules", lambda data: data["operating_rules"][0].update(from_zone_id="nowhere")),
        ("operating_rules", lambda data: data["operating_rules"][0].update(calendars=["never"])),
        ("operating_rules", lambda data: data["operating_rules"][0].update(start_pickup_window="7 o'clock")),
        ("operating_rules", lambda data: data["operating_rules"][0].update(start_pickup_window="23:00:00")),
        ("operating_rules", lambda data: data.update(operating_rules=[7, None, "x"])),
        ("zones", lambda data: data["zones"]["features"][0].update(geometry={"type": "Point", "coordinates": [1, 2]})),
        ("zones", lambda data: data.update(zones=7)),
        ("calendars", lambda data: data["calendars"][0].update(start_date="soon")),
        ("system_information", lambda data: data.update(timezone="Mars/Base")),
        ("system_information", lambda data: data.update(timezone="../../etc/passwd")),
        ("gofs", lambda data: data.update(en={"feeds": [{"name": "zones", "url": "x"}]})),
        ("gofs", lambda data: data.clear()),
    ],
)
def test_what_makes_no_sense_is_refused(file: str, change: Any) -> None:
    with pytest.raises(Refused):
        changed(file, change)


def test_one_wrong_rule_of_two_is_left_out() -> None:
    def another(data: Any) -> None:
        data["operating_rules"].append(data["operating_rules"][0] | {"to_zone_id": "nowhere"})

    system = changed("operating_rules", another)
    assert (len(system.rules), dict(system.faults)) == (1, {"unknown_zone_or_calendar": 1})


def test_fares() -> None:
    """The three examples of the specification."""
    far = [{"interval": 0.25, "end": 10, "amount": 3.30}, {"interval": 0.5, "start": 10, "amount": 4.30}]
    fare = fare_of({"fare_id": "f", "currency": "CAD", "kilometer": far})
    assert fare.price(10_100, 0) == Money(3300 + 215, "CAD")
    long = [{"interval": 1, "end": 20, "amount": 1.0}, {"interval": 0.5, "start": 20, "amount": 1.5}]
    fare = fare_of({"fare_id": "f", "currency": "CAD", "minute": long})
    assert fare.price(0, 20 * 60 + 20) == Money(2075, "CAD")
    mixed = [{"interval": 1.0, "start": 10, "amount": 1.0}, {"interval": 5, "start": 25, "amount": 3.0}]
    fare = fare_of({"fare_id": "f", "currency": "CAD", "kilometer": mixed, "rider": [{"amount": 2.5}]})
    assert [fare.price(km * 1000, 0).minor for km in (9, 12, 26)] == [250, 450, 250 + 1600 + 300]
