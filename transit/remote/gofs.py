"""The two live questions of GOFS 1.0: how long one waits (wait_time), and what a ride costs now (realtime_booking)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from transit.money import Money
from transit.remote import http
from transit.remote.http import Profile, RemoteError
from transit.remote.tomp import answers

LIVE: Final = Profile(connect_s=1, total_s=2, most_bytes=http.MEBIBYTE // 4)
_LONGEST_S: Final = 86_400
Point = tuple[float, float]
"""Latitude and longitude."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an operator says of a ride that is ordered now: the wait in seconds, and what else it knows."""

    brand_id: str
    wait_s: int
    price: Money | None = None
    name: str = ""
    web_uri: str = ""
    phone: str = ""


def wait_times(url: str, pickup: Point, drop_off: Point, brands: Sequence[str]) -> list[Estimate]:
    """How long one waits, for each brand that comes at all. Raises RemoteError."""
    return [Estimate(*_common(row)) for row in _ask(url, "wait_times", pickup, drop_off, brands)]


def realtime_bookings(url: str, pickup: Point, drop_off: Point, brands: Sequence[str]) -> list[Estimate]:
    """The same, with price and where to order. Raises RemoteError."""
    return [_booking(row) for row in _ask(url, "realtime_booking", pickup, drop_off, brands)]


def _ask(url: str, name: str, pickup: Point, drop_off: Point, brands: Sequence[str]) -> list[dict[str, Any]]:
    (lat, lon), (to_lat, to_lon) = pickup, drop_off
    asked = {
        "pickup_lat": f"{lat:.5f}",
        "pickup_lon": f"{lon:.5f}",
        "drop_off_lat": f"{to_lat:.5f}",
        "drop_off_lon": f"{to_lon:.5f}",
    }
    query = urlencode(asked | ({"brand_id": ",".join(brands)} if brands else {}), safe=",")
    answer = http.call("GET", f"{url}{'&' if urlsplit(url).query else '?'}{query}", profile=LIVE)
    found = answers.rows(answers.group(answers.parse(answer.body).get("data"), "data").get(name), name, 100)
    return [row for row in found if not brands or row.get("brand_id") in brands]


def _common(row: dict[str, Any]) -> tuple[str, int]:
    wait = row.get("wait_time")
    if isinstance(wait, bool) or not isinstance(wait, int | Decimal) or not 0 <= wait <= _LONGEST_S:
        raise answers.wrong("wait_time")
    return answers.must(row.get("brand_id"), "brand_id"), int(wait)


def _booking(row: dict[str, Any]) -> Estimate:
    cost, currency = row.get("travel_cost"), row.get("travel_cost_currency")
    price = answers.money({"amount": cost, "currencyCode": currency}, "travel_cost")
    if price is not None and price.minor < 0:
        raise answers.wrong("travel_cost")
    detail = answers.group(row.get("booking_detail"), "booking_detail")
    name, phone = (answers.text(detail.get(each), each) or "" for each in ("service_name", "phone_number"))
    link = answers.text(detail.get("web_uri"), "web_uri", 2000) or ""
    return Estimate(*_common(row), price, name, link if urlsplit(link).scheme == "https" else "", phone)


__all__ = ["Estimate", "Point", "RemoteError", "realtime_bookings", "wait_times"]
