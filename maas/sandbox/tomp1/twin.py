"""The operator as a synchronous core: the shop, the faults and the levers of the other twin, the words of TOMP 1.6."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from maas.sandbox.tomp import errors
from maas.sandbox.tomp.documents import http_date, instant
from maas.sandbox.tomp.errors import TompError
from maas.sandbox.tomp.packages import Offer, Package
from maas.sandbox.tomp.timetable import StopPlace
from maas.sandbox.tomp.twin import JSON, Answer, Json, Twin

WINDOW = timedelta(hours=2)
_STATES = {"ROLLBACK": "RELEASED", "ENDED": "FINISHED", "OFFERED": "NEW"}
"""Where the names differ from those of 2.0."""
_SERVED = (
    ("GET", "/operator/meta"), ("POST", "/planning/offers"), ("POST", "/bookings"), ("GET", "/bookings"),
    ("GET", "/bookings/{id}"), ("POST", "/bookings/{id}/events"),
)  # fmt: skip
_MARKED = ("accept-language", "api", "api-version", "maas-id")


class Twin1(Twin):
    """See Twin. COMMIT of a booking that is committed, cancelled or expired is 403, as 1.6 has it."""

    def _route(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Json, factor: Decimal
    ) -> Answer:
        if (method, path) == ("POST", "/oauth/token"):
            return self._token(headers, body)
        self._authorise(path, headers)
        for name in _MARKED:
            if not headers.get(name):
                raise errors.missing(name, 7)
        now = self.clock.now()
        match [method, *path.strip("/").split("/")]:
            case ["GET", "operator", "meta"]:
                return self._answer(200, [_meta(self.settings.base_url)])
            case ["POST", "planning", "offers"]:
                return self._plan(body, factor, now)
            case ["POST", "bookings"]:
                customer = body.get("customer") or {}
                package = self.shop.purchase(_required(body, "id"), str(customer.get("id", "")), factor, now)
                package.needs = _needs(customer)
                return self._booking(package, 201)
            case ["GET", "bookings"]:
                return self._answer(200, self._list(query, now))
            case ["GET", "bookings", number]:
                return self._booking(self.shop.get(number, now))
            case ["POST", "bookings", number, "events"]:
                return self._booking(self._event(number, body, now))
        raise TompError(404, 7004, "Not served", f"{method} {path} is not served")

    def _list(self, query: Mapping[str, str], now: datetime) -> list[Json]:
        """Those whose rides overlap a time window, of one state or all."""
        since, until = _time(query, "min-time"), _time(query, "max-time")
        found = []
        for package in self.shop.packages.values():
            written: Json = self._booking(self.shop.current(package, now))[2]
            ride = package.offer.ride
            inside = (since is None or ride.arrives_at >= since) and (until is None or ride.departs_at <= until)
            if inside and query.get("state") in (None, written["state"]):
                found.append(written)
        return found

    def _plan(self, body: Json, factor: Decimal, now: datetime) -> Answer:
        start, end = self._place(body, "from"), self._place(body, "to")
        since = _time(body, "departureTime") or now
        seats = int(body.get("nrOfTravelers") or 1)
        travellers = tuple(f"{number}" for number in range(1, seats + 1))
        rides = self.timetable.rides(start, end, max(since, now), since + WINDOW)
        free = [ride for ride in rides if self.shop.seats_left(ride, now) >= seats][: self.settings.max_offers]
        offers = [self.shop.offer(ride, travellers, seats, factor, now) for ride in free]
        until = min((offer.expires_at for offer in offers), default=now)
        options = [self._option(offer, offer.amount, "NEW") for offer in offers]
        return self._answer(200, {"validUntil": instant(until), "options": options})

    def _place(self, body: Json, side: str) -> StopPlace:
        given = body.get(side)
        if not isinstance(given, dict):
            raise errors.missing(side, 2)
        stops = [self.timetable.place(str(each.get("id"))) for each in given.get("stopReference") or ()]
        point = given.get("coordinates")
        if point:
            stops.append(self.timetable.near(float(point["lat"]), float(point["lng"])))
        found = next((stop for stop in stops if stop is not None), None)
        if found is None:
            raise TompError(404, 2204, "Not found", f"{side}: no stop of ours is there")
        return found

    def _event(self, number: str, body: Json, now: datetime) -> Package:
        operation = _required(body, "operation")
        package = self.shop.get(number, now)
        if operation == "COMMIT":
            if package.status != "PENDING" or package.committed_at is not None:
                raise errors.illegal("COMMIT", package.status)
            return self.shop.confirm(number, now)
        if operation == "CANCEL":
            return (self.shop.cancel if package.status == "CONFIRMED" else self.shop.rollback)(number, now)
        if operation == "EXTEND_EXPIRY_TIME":
            return self.shop.extend(number, now)
        raise errors.invalid("operation", f"{operation} is not for a provider")

    def _booking(self, package: Package, status: int = 200) -> Answer:
        state = _STATES.get(package.status, package.status)
        if package.status == "PENDING" and package.committed_at is not None:
            state = "CONDITIONAL_CONFIRMED"
        extra = {"Expires": http_date(package.expires_at)} if state == "PENDING" else {}
        own = {"id": package.id, "customer": {"id": package.reference}}
        return self._answer(status, self._option(package.offer, package.amount, state) | own, JSON, extra)

    def _option(self, offer: Offer, amount: Decimal, state: str) -> Json:
        ride = offer.ride
        ends: Json = {"departureTime": instant(ride.departs_at), "arrivalTime": instant(ride.arrives_at)}
        ends |= {"from": _written(ride.start), "to": _written(ride.end)}
        part = {
            "type": "FIXED",
            "amount": float(amount),
            "currencyCode": ride.fare.currency,
            "vatRate": float(self.settings.tax_percent),
            "vatCountryCode": self.settings.country,
            "class": "FARE",
        }
        pricing = {"estimated": self.settings.estimates and state != "FINISHED", "parts": [part], "class": "FARE"}
        conditions = (
            [{"conditionType": "conditionPostponedCommit", "id": "driver"}]
            if self.settings.confirms == "conditionally"
            else []
        )
        leg = {"id": f"{offer.id}.1", "assetType": {"id": ride.mode, "assetClass": ride.mode}, "conditions": conditions}
        return {"id": offer.id, "state": state, "legs": [leg | ends], "pricing": pricing} | ends

    def _refused(self, error: TompError) -> Answer:
        """1.x knows one error, not a list."""
        fields = {"errorcode": error.errorcode, "type": "about:blank", "title": error.title, "status": error.status}
        return self._answer(error.status, fields | ({"detail": error.detail} if error.detail else {}))


def _meta(base_url: str) -> Json:
    """What is here, and that there is nothing else."""
    endpoints = [{"method": method, "path": path, "status": "IMPLEMENTED"} for method, path in _SERVED]
    endpoints.append({"method": "POST", "path": "/bookings/one-stop", "status": "NOT_IMPLEMENTED"})
    return {"version": "1.6.1", "baseUrl": base_url, "endpoints": endpoints, "scenarios": ["POSTPONED_COMMIT"]}


def _required(body: Json, name: str) -> str:
    if not body.get(name):
        raise errors.missing(name)
    return str(body[name])


def _needs(customer: Json) -> tuple[str, ...]:
    """What somebody needs, by category and number of the dictionary."""
    abilities = (customer.get("requirements") or {}).get("abilities") or []
    return tuple(f"{_required(each, 'category')}-{_required(each, 'number')}" for each in abilities)


def _time(body: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(str(body[name])).astimezone(UTC) if body.get(name) else None


def _written(place: StopPlace) -> dict[str, Any]:
    return {
        "name": place.name,
        "stopReference": [{"type": "GTFS_STOP_ID", "id": place.id}],
        "coordinates": {"lng": place.lon, "lat": place.lat},
    }
