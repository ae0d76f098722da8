"""What anybody may read of this server: what it serves, in which words, and whether it is up."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.api.tomp import schema
from bookings.api.tomp.calls import JSON, Answer, Call, Served
from bookings.api.tomp.collections import COLLECTIONS
from bookings.api.tomp.errors import GENERAL, TompError
from bookings.api.tomp.processes import MODULES, PROCESSES
from transit.register.sellers import list_feeds

Json = dict[str, Any]
VERSION: Final = "2.0.0"
CONFORMS: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
)


def _landing(call: Call) -> Answer:
    pages = {"service-desc": "api", "conformance": "conformance", "data": "collections", "processes": "processes"}
    links = [{"rel": rel, "href": f"{call.base}/{path}", "type": JSON} for rel, path in pages.items()]
    links.append({"rel": "health", "href": f"{call.base}/health"})
    links.append({"rel": "service-doc", "href": f"{settings.PUBLIC_URL}/api/v1/docs", "type": "text/html"})
    body = {
        "title": f"{settings.PLATFORM['legal_name']}: TOMP-API {VERSION}",
        "description": _(
            "Rides of the hosted operators, sold to licensed providers. Extensions: the header Idempotency-Key, and "
            "packageId=reference:<your own reference>."
        ),
        "links": links,
        "processIdentifiers": [{"module": module, "identifiers": names} for module, names in MODULES.items()],
    }
    return Answer(body, media=JSON)


def _api(call: Call) -> Answer:
    return Answer(schema.document(call.base), media="application/vnd.oai.openapi+json;version=3.1")


def _conformance(call: Call) -> Answer:
    return Answer({"conformsTo": list(CONFORMS)}, media=JSON)


def _collections(call: Call) -> Answer:
    return Answer({"links": [], "collections": [_collection(call, name) for name in COLLECTIONS]}, media=JSON)


def _one_collection(call: Call) -> Answer:
    name = call.required("name", GENERAL)
    if name not in COLLECTIONS:
        raise TompError("not_found", "collection")
    return Answer(_collection(call, name), media=JSON)


def _collection(call: Call, name: str) -> Json:
    return {"id": name, "links": [{"rel": "items", "href": f"{call.base}/collections/{name}/items"}]}


def _processes(call: Call) -> Answer:
    return Answer({"links": [], "processes": [_process(call, name) for name in PROCESSES]}, media=JSON)


def _one_process(call: Call) -> Answer:
    name = call.required("name", GENERAL)
    if name not in PROCESSES:
        raise TompError("not_found", "process")
    return Answer(_process(call, name), media=JSON)


def _process(call: Call, name: str) -> Json:
    execute = {"rel": "execute", "href": f"{call.base}/processes/{name}/execution", "method": "POST", "type": JSON}
    return {"id": name, "version": VERSION, "jobControlOptions": ["sync-execute"], "links": [execute]}


def _health(call: Call) -> Answer:
    """Up means that the database answers, too."""
    list_feeds(call.counter.operator_code)
    return Answer({"status": "OK"}, media=JSON)


LANDING: Final = Served("landingPage", "", GENERAL, _landing)
API: Final = Served("openApi", "", GENERAL, _api)
CONFORMANCE: Final = Served("getConformanceDeclaration", "", GENERAL, _conformance)
ALL_COLLECTIONS: Final = Served("getCollections", "", GENERAL, _collections)
ONE_COLLECTION: Final = Served("describeCollection", "", GENERAL, _one_collection)
ALL_PROCESSES: Final = Served("getProcesses", "", GENERAL, _processes)
ONE_PROCESS: Final = Served("getProcessDescription", "", GENERAL, _one_process)
HEALTH: Final = Served("ping", "", GENERAL, _health)
