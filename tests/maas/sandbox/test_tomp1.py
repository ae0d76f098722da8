"""The twin that speaks TOMP 1.6: what a buyer meets there and nowhere in 2.0."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maas.sandbox.tomp import Settings, Timetable
from maas.sandbox.tomp1 import Twin1
from tests import feeds

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


class Buyer:
    """Somebody with a token."""

    def __init__(self, folder: Path, **habits: Any) -> None:
        packed = feeds.write_feed(folder / "sea.zip", SEA).read_bytes()
        self.twin = Twin1(Timetable.of_gtfs(packed), Settings(operator="sea", prefix="sea", **habits), now=lambda: NOW)
        form = {"grant_type": "client_credentials", "client_id": "maas", "client_secret": "tomp-secret"}
        _, _, found = self.twin.handle("POST", "/oauth/token", {}, {}, form)
        token = found["access_token"]
        self.headers = {"authorization": f"Bearer {token}", "accept-language": "en", "api": "TOMP"}
        self.headers |= {"api-version": "1.6.1", "maas-id": "maas"}

    def say(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        status, _, found = self.twin.handle(method, path, query, self.headers, body)
        return status, found

    def book(self) -> str:
        ends = {name: {"stopReference": [{"type": "GTFS_STOP_ID", "id": stop}]} for name, stop in _ENDS}
        _, found = self.say("POST", "/planning/offers", ends | {"nrOfTravelers": 1})
        (option,) = found["options"]
        assert (option["state"], option["pricing"]["parts"][0]["amount"]) == ("NEW", 4.2)
        status, booking = self.say("POST", "/bookings", {"id": option["id"], "customer": {"id": "c"}})
        assert (status, booking["state"]) == (201, "PENDING")
        return str(option["id"])

    def event(self, number: str, operation: str) -> tuple[int, Any]:
        return self.say("POST", f"/bookings/{number}/events", {"operation": operation, "origin": "MP"})


_ENDS = (("from", "F"), ("to", "I"))


def test_a_second_commit_is_403_though_all_is_well(tmp_path: Path) -> None:
    buyer = Buyer(tmp_path)
    number = buyer.book()
    assert buyer.event(number, "COMMIT")[1]["state"] == "CONFIRMED"
    status, error = buyer.event(number, "COMMIT")
    assert (status, error["errorcode"]) == (403, 3004)
    assert buyer.say("GET", f"/bookings/{number}")[1]["state"] == "CONFIRMED"


@pytest.mark.parametrize("operation", ["COMMIT", "CANCEL"])
def test_what_was_cancelled_stays_so(tmp_path: Path, operation: str) -> None:
    buyer = Buyer(tmp_path)
    number = buyer.book()
    assert buyer.event(number, "CANCEL")[1]["state"] == "RELEASED"
    assert buyer.event(number, operation)[0] == 403


def test_a_postponed_commit_is_conditional(tmp_path: Path) -> None:
    buyer = Buyer(tmp_path, confirms="conditionally")
    number = buyer.book()
    assert buyer.event(number, "COMMIT")[1]["state"] == "CONDITIONAL_CONFIRMED"
    assert buyer.event(number, "COMMIT")[0] == 403


def test_who_does_not_say_who_they_are_is_refused(tmp_path: Path) -> None:
    buyer = Buyer(tmp_path)
    del buyer.headers["maas-id"]
    assert buyer.say("GET", "/bookings/x")[0] == 400


def test_bookings_are_listed_by_the_time_of_their_rides(tmp_path: Path) -> None:
    buyer = Buyer(tmp_path)
    number = buyer.book()
    rides = {"2026-11-24T09:00:00Z": [number], "2026-11-24T09:11:00Z": []}  # 10:40 to 11:10 in Helsinki
    for since, found in rides.items():
        assert [each["id"] for each in buyer.say("GET", "/bookings", **{"min-time": since})[1]] == found
    assert buyer.say("GET", "/bookings", **{"max-time": "2026-11-24T08:39:00Z"})[1] == []
    assert [each["state"] for each in buyer.say("GET", "/bookings", state="PENDING")[1]] == ["PENDING"]
    assert buyer.say("GET", "/bookings", state="CONFIRMED")[1] == []
