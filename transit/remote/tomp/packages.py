"""What an operator answers, as small frozen values: offers, packages, travel documents, redress options."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transit.money import Money
from transit.remote.tomp import answers
from transit.remote.tomp.answers import flag, group, moment, money, must, rows, text, words, wrong

STATUSES = frozenset(
    {
        "OFFERED",
        "PENDING",
        "CONFIRMED",
        "ROLLBACK",
        "RELEASED",
        "EXPIRED",
        "CANCELLED",
        "STARTED",
        "ENDED",
        "SETTLED",
    }
)
_LARGEST_DOCUMENT = 200_000  # characters of base 64


@dataclass(frozen=True, slots=True)
class Link:
    """What may be done next (TOMP link)."""

    rel: str
    href: str
    method: str
    mandatory: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a package (TOMP legProperties)."""

    id: str
    mode: str | None
    status: str | None
    origin: str | None
    destination: str | None
    start_at: datetime | None
    end_at: datetime | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """An offer or a purchase at the operator (TOMP package).

    `expires_at`: until when it has to be confirmed. `rollback_expires_at`: until when it can be undone at no cost.
    `confirm_mandatory`: unless confirmed in time it expires; without it, silence books a pending package.
    """

    id: str
    status: str
    price: Money | None
    expires_at: datetime | None
    rollback_expires_at: datetime | None
    confirm_mandatory: bool
    links: tuple[Link, ...]
    legs: tuple[Leg, ...]

    def allows(self, rel: str) -> bool:
        """Whether the operator offers a next step, e.g. `rollback-purchase`."""
        return any(link.rel == rel for link in self.links)


@dataclass(frozen=True, slots=True)
class Offer:
    """One result of a search (TOMP summary)."""

    id: str
    price: Money | None
    price_is_estimate: bool
    origin: str | None
    destination: str | None
    start_at: datetime | None
    end_at: datetime | None
    expires_at: datetime | None
    refundable: bool
    cancellable: bool
    cancellation_fee: Money | None


@dataclass(frozen=True, slots=True)
class Document:
    """A proof of travel rights (TOMP travelDocument): a binary one, or a link to it."""

    kind: str
    valid_from: datetime | None
    valid_until: datetime | None
    leg: str | None
    traveller: str | None
    content_type: str | None
    content: bytes
    url: str | None


@dataclass(frozen=True, slots=True)
class RedressOption:
    """A way to undo or repair a purchase (TOMP redressOption). `refund` is what comes back."""

    id: str
    guarantee: str
    kind: str | None
    package_status: str | None
    refund: Money | None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A line of the account between operator and provider (TOMP financialDetail); positive is owed to the operator."""

    id: str
    package: str
    category: str
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalPage:
    """The entries of a page that are about a package, how many `rows` it had, and how many `matched` in all."""

    entries: list[JournalEntry]
    rows: int
    matched: int | None


def entries_of(document: Mapping[str, Any]) -> JournalPage:
    """A page of journal entries. Raises RemoteError.

    The schema has no field for the package; our profile reads `customFields.package`.
    """
    features = rows(document.get("features"), "features")
    found = [_entry(group(row.get("properties"), "journal entry")) for row in features]
    matched = document.get("numberMatched")
    known = matched if isinstance(matched, int) and not isinstance(matched, bool) else None
    return JournalPage([entry for entry in found if entry is not None], len(features), known)


def _entry(row: Mapping[str, Any]) -> JournalEntry | None:
    package = text(group(row.get("customFields"), "customFields").get("package"), "package")
    amount = money(row, "journal entry")
    if package is None or amount is None:
        return None
    return JournalEntry(must(row.get("id"), "entry id"), package, text(row.get("category"), "category") or "", amount)


def package_of(document: Mapping[str, Any], headers: Mapping[str, str]) -> Package:
    """A package from a GeoJSON answer and its headers. Raises RemoteError."""
    found = group(document.get("properties"), "properties")
    status = must(found.get("status"), "status")
    if status not in STATUSES:
        raise wrong(f"unknown status {status!r}")
    links = _links(document)
    by_rel = {link.rel: link for link in links}
    confirm, rollback = by_rel.get("confirm-purchase"), by_rel.get("rollback-purchase")
    expires = headers.get("expires") or headers.get("expiry-date")  # purchaseResponse says Expiry-date
    return Package(
        id=must(found.get("id"), "package id"),
        status=status,
        price=money(found.get("price"), "price") or money(group(found.get("summary"), "summary").get("price"), "price"),
        expires_at=answers.http_date(expires) or (confirm.expires_at if confirm else None),
        rollback_expires_at=answers.http_date(headers.get("rollbackexpires"))
        or (rollback.expires_at if rollback else None),
        confirm_mandatory=confirm is not None and confirm.mandatory,
        links=links,
        legs=tuple(_leg(row) for row in rows(found.get("legs"), "legs")),
    )


def _links(document: Mapping[str, Any]) -> tuple[Link, ...]:
    return tuple(
        Link(
            rel=must(row.get("rel"), "link rel"),
            href=text(row.get("href"), "link", 2000) or "",
            method=text(row.get("method"), "link method") or "GET",
            mandatory=flag(row.get("mandatory"), "link mandatory"),
            expires_at=moment(row.get("expires"), "link expires"),
        )
        for row in rows(document.get("links"), "links")
    )


def _leg(row: Mapping[str, Any]) -> Leg:
    wanted = group(row.get("specification"), "specification")
    return Leg(
        id=must(row.get("id"), "leg id"),
        mode=text(row.get("mode"), "mode"),
        status=text(row.get("status"), "leg status"),
        origin=text(wanted.get("from"), "from"),
        destination=text(wanted.get("to"), "to"),
        start_at=moment(wanted.get("startTime"), "startTime"),
        end_at=moment(wanted.get("endTime"), "endTime"),
        labels=words(row.get("labels"), "labels"),
    )


def offers_of(document: Mapping[str, Any], headers: Mapping[str, str]) -> list[Offer]:
    """The offers of an offerCollection; all expire by the collection's header. Raises RemoteError."""
    expires_at = answers.http_date(headers.get("expires"))
    features = rows(document.get("features"), "features")
    return [_offer(group(row.get("properties"), "offer"), expires_at) for row in features]


def _offer(row: Mapping[str, Any], expires_at: datetime | None) -> Offer:
    wanted = group(row.get("specification"), "specification")
    cancellation = group(row.get("cancellation"), "cancellation")
    return Offer(
        id=must(row.get("id"), "offer id"),
        price=money(row.get("price"), "price"),
        price_is_estimate=flag(row.get("estimatedPrice"), "estimatedPrice"),
        origin=text(wanted.get("from"), "from"),
        destination=text(wanted.get("to"), "to"),
        start_at=moment(wanted.get("startTime"), "startTime"),
        end_at=moment(wanted.get("endTime"), "endTime"),
        expires_at=expires_at,
        refundable=flag(row.get("refundable"), "refundable", True),
        cancellable=flag(cancellation.get("cancellable"), "cancellable"),
        cancellation_fee=money(cancellation.get("fee"), "cancellation fee"),
    )


def documents_of(document: Mapping[str, Any]) -> list[Document]:
    """The travel documents of a package. Raises RemoteError."""
    return [_document(row) for row in rows(document.get("features"), "features")]


def _document(feature: Mapping[str, Any]) -> Document:
    row = group(feature.get("properties"), "travel document")
    validity = words(row.get("validity"), "validity")
    if len(validity) != 2:
        raise wrong("validity is not a range")
    tickets = [link for link in _links(feature) if link.rel == "ticket"]
    return Document(
        kind=must(row.get("travelDocumentType"), "travelDocumentType"),
        valid_from=moment(validity[0], "validity"),
        valid_until=moment(validity[1], "validity"),
        leg=text(row.get("leg"), "leg"),
        traveller=text(row.get("traveller"), "traveller"),
        content_type=text(row.get("contentType"), "contentType"),
        content=_binary(text(row.get("base64"), "base64", _LARGEST_DOCUMENT)),
        url=tickets[0].href if tickets else None,
    )


def _binary(encoded: str | None) -> bytes:
    try:
        return base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, ValueError):
        raise wrong("base64 is not base 64") from None


def redress_options_of(document: Mapping[str, Any]) -> list[RedressOption]:
    """The redress options of a package. Raises RemoteError."""
    common = text(group(document.get("properties"), "properties").get("guarantee"), "guarantee")
    return [
        _redress_option(group(row.get("properties"), "redress option"), common)
        for row in rows(document.get("features"), "features")
    ]


def _redress_option(row: Mapping[str, Any], common: str | None) -> RedressOption:
    refunds = [money(part, "compensation") for part in rows(row.get("compensations"), "compensations")]
    known = [part for part in refunds if part is not None]
    if len({part.currency for part in known}) > 1:
        raise wrong("compensations in several currencies")
    return RedressOption(
        id=must(row.get("id"), "redress option id"),
        guarantee=must(group(row.get("reason"), "reason").get("id") or common, "guarantee"),
        kind=text(row.get("redressType"), "redressType"),
        package_status=text(row.get("packageState"), "packageState"),
        refund=Money(sum(part.minor for part in known), known[0].currency) if known else None,
    )
