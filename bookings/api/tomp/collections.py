"""What is read: `GET /collections/{name}/items`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings

from bookings.api.tomp import schema
from bookings.api.tomp.calls import JSON, Answer, Call, Served
from bookings.api.tomp.documents import Writer, leg_id, travel_documents
from bookings.api.tomp.errors import BOOKING, GENERAL, PAYMENT, SUPPORT, TompError
from bookings.api.tomp.listings import ancillaries, payments, redress_options, support_feature
from bookings.api.tomp.reading import moment
from bookings.models import Ticket
from bookings.services import package_books, package_changes, package_rides, packages, redress, support_tickets
from bookings.services.packages import Package
from bookings.states import SUPPORT as SUPPORT_MACHINE
from transit.register.sellers import list_feeds

REFERENCE: Final = "reference:"
"""Before a provider's own reference, where a package is asked for by that: an extension."""
ANCILLARIES_HOLD: Final = timedelta(minutes=15)
OPTIONS_HOLD: Final = timedelta(minutes=5)
"""A refund may become smaller with the time; who claims it later learns of it."""
MOST_ENTRIES: Final = 1000
SUPPORT_STATES: Final = frozenset(SUPPORT_MACHINE.moves)
STATES: Final = ("TO_INVOICE", "INVOICING", "INVOICED")
CATEGORIES: Final = frozenset(schema.published()["components"]["schemas"]["paymentCategory"]["enum"])


def package_of(call: Call, name: str = "packageId", module: int = BOOKING) -> Package:
    """The package that is asked for. Raises TompError and PackageError."""
    code = call.required(name, module)
    if code.startswith(REFERENCE):
        return packages.find_by_reference(call.counter, code.removeprefix(REFERENCE))
    return packages.get(call.counter, code)


def leg_number(package: Package, leg: str, module: int = BOOKING) -> int:
    """The number of a leg by its id. Raises TompError."""
    for number, position in enumerate(package.rides, 1):
        if leg_id(package, position) == leg:
            return number
    raise TompError("not_found", "leg", module)


def answer_of(call: Call, package: Package) -> Answer:
    """A package as an answer; one that is not sold says until when it holds."""
    document = Writer(call).package(package)
    row, status = package.reservation, document["properties"]["status"]
    waits = status in {"OFFERED", "PENDING"}
    until = (row.expires_at if row else package.offer.expires_at) if waits else None
    return Answer(document, expires_at=until)


def _sources(call: Call) -> Answer:
    """The feeds by the prefix of what they name; where a feed is published nowhere, our own list of them."""
    ours = f"{settings.PUBLIC_URL}/api/v1/feeds"
    feeds = list_feeds(call.counter.operator_code)
    links = [
        {"rel": name, "href": url if url.startswith(("https://", "http://")) else ours, "description": "GTFS"}
        for name, url in feeds.items()
    ]
    return Answer(links, media=JSON)


def _package(call: Call) -> Answer:
    return answer_of(call, package_of(call))


def _offer(call: Call) -> Answer:
    package = package_of(call, "offerId")
    if package.reservation is None and package.offer.expires_at <= call.now:
        raise TompError("expired", "offer", BOOKING)
    return answer_of(call, package)


def _documents(call: Call) -> Answer:
    package = package_of(call)
    status = package_rides.standing(package, call.counter, call.now).status
    if status not in package_rides.SOLD:
        raise TompError("illegal", f"travel-documents: {status}", BOOKING)
    found = Ticket.objects.filter(reservation=package.reservation).exclude(state="VOID").select_related("product")
    tickets = list(found.order_by("pk"))
    if leg := call.query.get("legId"):
        position = package.rides[leg_number(package, leg) - 1]
        tickets = [ticket for ticket in tickets if position in ticket.product.legs]
    return Answer(travel_documents(package, tickets))


def _ancillaries(call: Call) -> Answer:
    package = package_of(call)
    leg_number(package, call.required("legId"))
    body = ancillaries(package, package_changes.list_ancillaries(package))
    return Answer(body, expires_at=call.now + ANCILLARIES_HOLD)


def _support(call: Call) -> Answer:
    package = package_of(call, module=SUPPORT)
    leg, state = call.query.get("legId"), call.query.get("supportTicketStatus", "")
    if state and state not in SUPPORT_STATES:
        raise TompError("invalid", "supportTicketStatus", SUPPORT)
    number = leg_number(package, leg, SUPPORT) if leg else None
    found = support_tickets.list_of(call.counter, package, number, state)
    return Answer({"type": "FeatureCollection", "features": [support_feature(each) for each in found], "links": []})


def _redress(call: Call) -> Answer:
    package = package_of(call, module=PAYMENT)
    if leg := call.query.get("legId"):
        leg_number(package, leg, PAYMENT)
    options = redress.list_options(package, call.now)
    return Answer(redress_options(package, options), expires_at=call.now + OPTIONS_HOLD)


def _payments(call: Call) -> Answer:
    limit, offset = call.number("limit", 100, 1, 10_000), call.number("offset", 0, 0, 1_000_000)
    category, state = call.query.get("category", ""), call.query.get("invoiceState", "")
    if category not in ("", *CATEGORIES) or state not in ("", *STATES):
        raise TompError("invalid", "category" if category not in ("", *CATEGORIES) else "invoiceState", PAYMENT)
    asked = package_books.Asked(
        since=moment(call.query.get("startTime"), "startTime"),
        until=moment(call.query.get("endTime"), "endTime"),
        package=call.query.get("package", ""),
        category=category,
        state=state,
        operator_code=call.counter.operator_code,
    )
    found, matched = package_books.list_entries(call.counter.provider, asked, offset, min(limit, MOST_ENTRIES))
    return Answer(payments(found, matched, limit, offset))


COLLECTIONS: Final[Mapping[str, Served]] = {
    "datasources": Served("getDataSources", "", GENERAL, _sources),
    "packages": Served("getPackage", "tomp.read", BOOKING, _package, unwinds=True),
    "offers": Served("requestOffer", "tomp.read", BOOKING, _offer),
    "travel-documents": Served("getTravelDocuments", "tomp.read", BOOKING, _documents, unwinds=True),
    "ancillaries": Served("requestAncillaries", "tomp.read", BOOKING, _ancillaries),
    "support-tickets": Served("getSupportTickets", "tomp.read", SUPPORT, _support, unwinds=True),
    "redress-options": Served("getRedressOptions", "tomp.read", PAYMENT, _redress, unwinds=True),
    "payments": Served("getPaymentOverview", "tomp.read", PAYMENT, _payments, unwinds=True),
}
