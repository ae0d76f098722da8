"""The calls of a mobility provider (MP) to an operator: one function per operationId of TOMP-API 2.0."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from transit.remote import http
from transit.remote.http import Answer, RemoteError
from transit.remote.tomp import answers, wire
from transit.remote.tomp.packages import (
    Document,
    JournalEntry,
    Offer,
    Package,
    RedressOption,
    documents_of,
    entries_of,
    offers_of,
    package_of,
    redress_options_of,
)
from transit.remote.tomp.requests import Search, Traveller
from transit.remote.tomp.tokens import Party

_PAGE: Final = 100
_MOST_PAGES: Final = 1000


def search_offers(party: Party, search: Search) -> list[Offer]:
    """searchOffers: what the operator would sell for a ride."""
    answer = _read(party, "POST", "/processes/search-offers/execution", _inputs(search.document()))
    return offers_of(answers.parse(answer.body), answer.headers)


def purchase_offers(
    party: Party, offer: str, travellers: Sequence[Traveller], *, customer: str, reference: str
) -> Package:
    """purchaseOffersRequest: hold an offer; PENDING until it is confirmed, or CONFIRMED at once.

    `customer` is our opaque name for who buys; `reference` is ours for this purchase, kept by the operator beside it.
    After an unknown outcome call `find_package(party, offer)` before trying again.
    """
    inputs = {
        "offer": offer,
        "customer": {"id": customer, "customFields": {"reference": reference}},
        "paymentMethod": "PREPAID",
        "travellers": [traveller.document() for traveller in travellers],
    }
    return _package(_execute(party, "purchase-offers", inputs))


def confirm_purchase(party: Party, package: str) -> Package:
    """confirmPurchaseRequest: a pending package becomes CONFIRMED."""
    return _same(package, _execute(party, "confirm-purchase", {"package": package}))


def rollback_purchase(party: Party, package: str) -> Package:
    """rollbackPurchaseRequest: undo a purchase at no cost, while its window is open."""
    return _same(package, _execute(party, "rollback-purchase", {"package": package}))


def extend_expiry_time(
    party: Party, package: str, reason: str = "PAYMENT_PENDING", origin: str = "END_USER"
) -> Package:
    """extendExpiryTimeRequest: more time to confirm, e.g. while the rider's bank asks (3-D Secure)."""
    inputs = {"package": package, "reason": reason, "origin": origin}
    return _same(package, _execute(party, "extend-expiry-time", inputs))


def get_package(party: Party, package: str) -> Package:
    """getPackage: how a package stands now."""
    return _same(package, _items(party, "packages", packageId=package))


def find_package(party: Party, package: str) -> Package | None:
    """getPackage, or None when the operator itself says that it knows no such package."""
    return wire.unless_unknown(lambda: get_package(party, package), error_codes)


def travel_documents(party: Party, package: str) -> list[Document]:
    """getTravelDocuments: the operator's own tickets for a package."""
    return documents_of(answers.parse(_items(party, "travel-documents", packageId=package).body))


def list_redress_options(party: Party, package: str) -> list[RedressOption]:
    """getRedressOptions: the ways to give a purchase back, and what comes back."""
    return redress_options_of(answers.parse(_items(party, "redress-options", packageId=package).body))


def claim_redress(party: Party, package: str, option: RedressOption) -> Package:
    """redressOptionRequest: claim an option; it takes effect when it is confirmed."""
    return _redress(party, "claim-redress-option", package, option)


def confirm_redress(party: Party, package: str, option: RedressOption) -> Package:
    """confirmRedressOptionRequest: carry out a claimed option; the package ends as the option says."""
    return _redress(party, "confirm-redress-option", package, option)


def list_data_sources(party: Party) -> dict[str, str]:
    """getDataSources: the prefixes that place references use, and the address of the data behind each."""
    body = answers.parse_list(_items(party, "datasources").body)
    return {answers.must(row.get("rel"), "rel"): answers.text(row.get("href"), "href", 2000) or "" for row in body}


def list_payments(party: Party, since: datetime, until: datetime) -> list[JournalEntry]:
    """getPaymentOverview, page by page: what the operator charges us, or gives back, for which package."""
    found: list[JournalEntry] = []
    offset = 0
    for _ in range(_MOST_PAGES):
        query = {"startTime": _written(since), "endTime": _written(until), "offset": f"{offset}", "limit": f"{_PAGE}"}
        page = entries_of(answers.parse(_items(party, "payments", **query).body))
        found += page.entries
        offset += page.rows
        # A page may be shorter than was asked for: how many there are counts, where that is said.
        if not page.rows or (page.rows < _PAGE if page.matched is None else offset >= page.matched):
            return found
    raise answers.wrong(f"more than {_MOST_PAGES} pages")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_healthy(party: Party) -> bool:
    """Ping: whether the interface says that it is up."""
    try:
        http.call("GET", f"{party.base_url.rstrip('/')}/health")
    except RemoteError:
        return False
    return True


def error_codes(error: RemoteError) -> frozenset[int]:
    """The TOMP error codes that came with a refusal (module digit and three digits), if any can be read."""
    try:
        found = answers.rows(answers.parse(error.body).get("errors"), "errors")
    except RemoteError:
        return frozenset()
    return frozenset(row["errorcode"] for row in found if isinstance(row.get("errorcode"), int))


def _redress(party: Party, process: str, package: str, option: RedressOption) -> Package:
    inputs = {"package": package, "guarantee": option.guarantee, "option": option.id}
    return _same(package, _execute(party, process, inputs))


def _execute(party: Party, process: str, inputs: Mapping[str, Any]) -> Answer:
    return _call(party, "POST", f"/processes/{process}/execution", _inputs(inputs))


def _inputs(inputs: Mapping[str, Any]) -> bytes:
    return json.dumps({"inputs": inputs}, ensure_ascii=False).encode()


def _items(party: Party, collection: str, **query: str) -> Answer:
    suffix = f"?{urlencode(query)}" if query else ""
    return _read(party, "GET", f"/collections/{collection}/items{suffix}", None)


def _read(party: Party, method: str, path: str, body: bytes | None) -> Answer:
    return wire.read(lambda: _call(party, method, path, body))


def _call(party: Party, method: str, path: str, body: bytes | None) -> Answer:
    headers = {"Accept": "application/geo+json, application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return wire.send(party, method, path, headers, body)


def _package(answer: Answer) -> Package:
    return package_of(answers.parse(answer.body), answer.headers)


def _same(wanted: str, answer: Answer) -> Package:
    found = _package(answer)
    if found.id != wanted:
        raise answers.wrong("another package")
    return found
