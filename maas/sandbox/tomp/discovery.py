"""What the operator tells anyone about its interface: landing page, conformance, collections, processes, sources."""

from __future__ import annotations

from typing import Any

from maas.sandbox.tomp import errors
from maas.sandbox.tomp.settings import Settings

Json = dict[str, Any]
VERSION = "2.0.0"
COLLECTIONS = ("datasources", "offers", "packages", "travel-documents", "redress-options", "payments")
PROCESSES = {
    "offers": ("search-offers",),
    "purchase": ("purchase-offers", "confirm-purchase", "rollback-purchase", "extend-expiry-time"),
    "after-sales": ("claim-redress-option", "confirm-redress-option", "cancel-package", "confirm-payment"),
}
_CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
)


def landing_page(settings: Settings) -> Json:
    """What is here, and which modules are served."""
    pages = {"conformance": "conformance", "data": "collections", "processes": "processes", "health": "health"}
    return {
        "title": settings.title,
        "description": f"{settings.title}: sells single tickets for its departures, in two steps.",
        "links": [{"rel": rel, "href": f"{settings.base_url}/{path}"} for rel, path in pages.items()],
        "processIdentifiers": [{"module": m, "identifiers": list(ids)} for m, ids in PROCESSES.items()],
    }


def conformance() -> Json:
    """OGC conformance classes."""
    return {"conformsTo": list(_CONFORMS)}


def collections(settings: Settings) -> Json:
    """All collections."""
    return {"links": [], "collections": [collection(settings, name) for name in COLLECTIONS]}


def collection(settings: Settings, name: str) -> Json:
    """One collection."""
    if name not in COLLECTIONS:
        raise errors.TompError(404, 7204, "Not found", "no such collection")
    return {"id": name, "links": [{"rel": "items", "href": f"{settings.base_url}/collections/{name}/items"}]}


def processes(settings: Settings) -> Json:
    """All processes."""
    return {"links": [], "processes": [process(settings, name) for names in PROCESSES.values() for name in names]}


def process(settings: Settings, name: str) -> Json:
    """One process."""
    if not any(name in names for names in PROCESSES.values()):
        raise errors.TompError(404, 7204, "Not found", "no such process")
    execute = {"rel": "execute", "href": f"{settings.base_url}/processes/{name}/execution", "method": "POST"}
    return {"id": name, "version": VERSION, "jobControlOptions": ["sync-execute"], "links": [execute]}


def data_sources(settings: Settings) -> list[Json]:
    """Where identifiers in references come from: the relation is their prefix."""
    return [{"rel": settings.prefix, "href": settings.feed_url, "type": "application/zip", "description": "GTFS"}]
