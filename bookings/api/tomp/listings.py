"""The documents beside packages: what may be added, what comes back, what is owed, what help was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bookings.api.tomp.documents import GUARANTEE, instant, money
from bookings.models import Ancillary, SupportTicket
from bookings.services.package_books import Entry
from bookings.services.packages import Package
from bookings.services.redress import Option
from transit.money import Money

Json = dict[str, Any]


def ancillaries(package: Package, rows: Sequence[Ancillary]) -> Json:
    """AncillaryCollection."""
    return _collection([_ancillary(package, row) for row in rows], {"type": "ancillaryCollection"})


def _ancillary(package: Package, row: Ancillary) -> Json:
    first = package.products[0]
    fee = money(Money(row.price_minor, row.currency), first.vat_basis_points, first.vat_country)
    elements = [{**fee, "type": "FIXED", "name": row.name, "appliesTo": "ANCILLARY"}]
    said = {"type": "ancillary", "id": row.code, "name": row.name, "fee": {**fee, "elements": elements}}
    return {"type": "Feature", "id": row.code, "properties": said}


def redress_options(package: Package, options: Sequence[Option]) -> Json:
    """RedressOptions."""
    about = {"type": "redressOptions", "package": package.offer.code, "guarantee": GUARANTEE}
    return _collection([_option(package, option) for option in options], about)


def _option(package: Package, option: Option) -> Json:
    first = package.products[0]
    refund = money(option.refund, first.vat_basis_points, first.vat_country)
    said = {
        "type": "RedressOption",
        "id": option.name,
        "packageState": "CANCELLED",
        "redressType": "PACKAGE_REFUND",
        "reason": {"id": GUARANTEE, "type": "REFUND_WHEN_CANCELLED"},
        "compensations": [{**refund, "category": "REFUND", "state": "TO_INVOICE"}],
    }
    return {"type": "Feature", "id": option.name, "properties": said, "links": []}


def payments(found: Sequence[Entry], matched: int, limit: int, offset: int) -> Json:
    """A page of the account: what is owed is positive, what comes back is negative."""
    features = [{"type": "Feature", "id": f"{each.entry_id}", "properties": _entry(each)} for each in found]
    about = {"type": "paymentCollection", "limit": limit, "offset": offset}
    return _collection(features, about) | {"numberMatched": matched}


def _entry(entry: Entry) -> Json:
    return {
        **money(entry.amount, entry.vat_basis_points, entry.vat_country),
        "id": f"{entry.entry_id}",
        "category": entry.category,
        "state": entry.state,
        "customFields": {"package": entry.package, "at": instant(entry.at)},
    }


def support_feature(ticket: SupportTicket) -> Json:
    """One of a list."""
    return {"type": "Feature", "id": ticket.code, "properties": support_document(ticket)}


def support_document(ticket: SupportTicket) -> Json:
    """What was asked, how it stands, and what was answered: the last comment."""
    said = {key: value for key, value in ticket.said.items() if key not in ("id", "status", "links")}
    found = {**said, "id": ticket.code, "status": ticket.state}
    return found | ({"comment": ticket.answer[:10_000]} if ticket.answer else {})


def _collection(features: list[Json], about: Json) -> Json:
    return {
        "type": "FeatureCollection",
        "features": features,
        "properties": about,
        "numberMatched": len(features),
        "numberReturned": len(features),
        "links": [],
    }
