"""The JSON documents of TOMP 2.0: offer collections, packages, travel documents, redress options, payments."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from maas.sandbox.tomp.packages import Entry, Offer, Package
from maas.sandbox.tomp.settings import Settings
from maas.sandbox.tomp.timetable import Ride, StopPlace

Json = dict[str, Any]
PRODUCT = "single"


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def http_date(at: datetime) -> str:
    """For the `Expires` header."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


class Documents:
    """Writes documents for one operator."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def money(self, amount: Decimal, currency: str) -> Json:
        """amountOfMoney: major units, tax included."""
        return {
            "amount": float(amount),
            "currencyCode": currency,
            "taxPercentageUsed": float(self._settings.tax_percent),
            "vatCountryCode": self._settings.country,
        }

    def offers(self, offers: list[Offer]) -> Json:
        """OfferCollection."""
        return {
            "type": "FeatureCollection",
            "features": [self._offer(offer) for offer in offers],
            "properties": {"type": "OfferCollection", "id": "offers", "definitions": self._definitions()},
            "numberMatched": len(offers),
            "numberReturned": len(offers),
            "links": [],
        }

    def _offer(self, offer: Offer) -> Json:
        return {
            "type": "Feature",
            "id": offer.id,
            "geometry": _geometry(offer.ride),
            "properties": {"type": "offer", **self._summary(offer, offer.amount)},
            "links": [self._link("purchase-offers", {"offer": offer.id}, offer.expires_at)],
        }

    def _summary(self, offer: Offer, amount: Decimal) -> Json:
        ride = offer.ride
        return {
            "id": offer.id,
            "specification": self._specification(ride),
            "price": self.money(amount, ride.fare.currency),
            "estimatedPrice": self._settings.estimates,
            "products": [PRODUCT],
            "legs": [{"mode": ride.mode, "name": ride.line, "destination": ride.headsign}],
            "cancellation": {"cancellable": True, "feePercentage": self._settings.refund_fee_percent},
            "exchangeable": False,
            "refundable": True,
            "transferrable": False,
            "paymentMethod": {"paymentType": "PREPAID"},
        }

    def _specification(self, ride: Ride) -> Json:
        return {
            "type": "travelSpecification",
            "from": self._reference(ride.start),
            "to": self._reference(ride.end),
            "startTime": instant(ride.departs_at),
            "endTime": instant(ride.arrives_at),
        }

    def _reference(self, place: StopPlace) -> str:
        return f"{self._settings.prefix}:{place.id}"

    def offered(self, offer: Offer) -> Json:
        """An offer as a package in status OFFERED."""
        links = [self._link("purchase-offers", {"offer": offer.id}, offer.expires_at)]
        return self._package(offer, offer.amount, "OFFERED", links, {})

    def package(self, package: Package) -> Json:
        """A package with what may be done next as links."""
        custom: Json = {"reference": package.reference} if package.reference else {}
        if package.claimed_refund is not None:
            custom["claimedRefund"] = float(package.claimed_refund)
        written = self._package(package.offer, package.amount, package.status, self._next(package), custom)
        written["properties"]["id"] = package.id
        return written

    def _package(self, offer: Offer, amount: Decimal, status: str, links: list[Json], custom: Json) -> Json:
        leg = self._leg(offer, status)
        if status == "PENDING" and self._settings.confirms == "conditionally":
            leg["labels"].append("PURCHASE_TO_BE_CONFIRMED")
        currency = offer.ride.fare.currency
        price = self.money(amount, currency)
        price["elements"] = [{**self.money(amount, currency), "type": "FIXED", "name": "Fare", "appliesTo": "FARE"}]
        properties: Json = {
            "type": "offer" if status == "OFFERED" else "package",
            "id": offer.id,
            "status": status,
            "price": price,
            "summary": self._summary(offer, amount),
            "legs": [leg],
            "definitions": self._definitions(),
        }
        if custom:
            properties["customFields"] = custom
        return {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "id": leg["id"], "geometry": _geometry(offer.ride), "properties": leg}],
            "properties": properties,
            "links": links,
            "numberMatched": 1,
            "numberReturned": 1,
        }

    def _leg(self, offer: Offer, status: str) -> Json:
        dead = status in ("CANCELLED", "ROLLBACK", "EXPIRED", "RELEASED")
        return {
            "type": "leg",
            "id": f"{offer.id}.1",
            "specification": self._specification(offer.ride),
            "sequenceNumber": 1,
            "mode": offer.ride.mode,
            "status": "CANCELLED" if dead else "NOT_STARTED",
            "travellers": list(offer.travellers),
            "products": [PRODUCT],
            "operatorId": self._settings.operator,
            "operatorName": self._settings.title,
            "labels": ["REFUNDABLE", "CANCELLABLE", "UPFRONT_PAYMENT"],
        }

    def _next(self, package: Package) -> list[Json]:
        body = {"package": package.id}
        if package.status == "PENDING":
            must = not self._settings.silence_books
            confirm = self._link("confirm-purchase", body, package.expires_at) | {"mandatory": must}
            undo = self._link("rollback-purchase", body, package.expires_at)
            if package.committed_at is not None:
                return [undo]
            return [confirm, undo, self._link("extend-expiry-time", body, package.expires_at)]
        if package.status == "CONFIRMED":
            documents = f"{self._settings.base_url}/collections/travel-documents/items?packageId={package.id}"
            options = f"{self._settings.base_url}/collections/redress-options/items?packageId={package.id}"
            return [
                {"rel": "travel-documents", "href": documents, "method": "GET"},
                {"rel": "redress-options", "href": options, "method": "GET"},
                self._link("cancel-package", body, package.offer.ride.departs_at),
            ]
        return []

    def _link(self, process: str, inputs: Json, expires_at: datetime) -> Json:
        return {
            "rel": process,
            "href": f"{self._settings.base_url}/processes/{process}/execution",
            "method": "POST",
            "type": "application/json",
            "expires": instant(expires_at),
            "body": {"inputs": inputs},
        }

    def _definitions(self) -> Json:
        return {"products": [{"type": "product", "id": PRODUCT, "name": "Single ticket", "conditions": ["REFUNDABLE"]}]}

    def travel_documents(self, package: Package) -> Json:
        """One document per traveller of a confirmed package."""
        return {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": f"{package.id}.{n}", "properties": self._document(package, n, who)}
                for n, who in enumerate(package.offer.travellers, 1)
            ],
        }

    def _document(self, package: Package, number: int, traveller: str) -> Json:
        ride = package.offer.ride
        code = f"{self._settings.operator}|{package.id}|{number}|{ride.trip_id}|{ride.service_date}"
        return {
            "type": "travelDocument",
            "id": f"{package.id}.{number}",
            "validity": [instant(ride.departs_at), instant(ride.arrives_at)],
            "travelDocumentType": "QRCODE",
            "package": package.id,
            "leg": f"{package.id}.1",
            "traveller": traveller,
            "contentType": "text/plain",
            "base64": base64.b64encode(code.encode()).decode(),
        }

    def redress_options(self, package: Package, amount: Decimal | None) -> Json:
        """A refund of the whole package, where one is possible."""
        features = []
        if amount is not None:
            refund = {
                **self.money(amount, package.offer.ride.fare.currency),
                "category": "REFUND",
                "state": "TO_INVOICE",
            }
            option = {
                "type": "RedressOption",
                "id": "refund",
                "packageState": "CANCELLED",
                "redressType": "PACKAGE_REFUND",
                "reason": {"id": "refund-when-cancelled", "type": "REFUND_WHEN_CANCELLED"},
                "compensations": [refund],
            }
            features.append({"type": "Feature", "id": "refund", "properties": option})
        return {
            "type": "FeatureCollection",
            "features": features,
            "properties": {"type": "redressOptions", "package": package.id},
            "numberMatched": len(features),
            "numberReturned": len(features),
            "links": [],
        }

    def payments(self, entries: list[Entry], matched: int, offset: int) -> Json:
        """Journal entries; a refund is negative."""
        return {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "id": e.id, "properties": self._entry(e)} for e in entries],
            "properties": {"type": "paymentCollection", "offset": offset},
            "numberMatched": matched,
            "numberReturned": len(entries),
            "links": [],
        }

    def _entry(self, entry: Entry) -> Json:
        return {
            **self.money(entry.amount, entry.currency),
            "id": entry.id,
            "category": entry.category,
            "state": "TO_INVOICE",
            "customFields": {"package": entry.package, "at": instant(entry.at)},
        }


def _geometry(ride: Ride) -> Json:
    ends = [[ride.start.lon, ride.start.lat], [ride.end.lon, ride.end.lat]]
    return {"type": "LineString", "coordinates": ends}
