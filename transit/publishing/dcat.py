"""The register as a catalogue of data: DCAT 3 in the profile DCAT-AP 3.0, written as JSON-LD 1.1.

Interfaces that hold data are datasets with one distribution, those that book or sell are data services. The context
stands in the document, so that reading it asks nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from transit.models import Interface
from transit.register.catalogue import Everything
from transit.register.entries import Box, InterfaceEntry, OperatorEntry, ServiceEntry

Json = dict[str, Any]
_TITLE = gettext_lazy("Register of transport services")
_ABOUT = gettext_lazy(
    "Operators, their services, and the interfaces at which their data can be had and rides be booked."
)
_ITSELF = gettext_lazy("The register itself, as tables and as JSON.")
_EU = "http://publications.europa.eu/resource/authority"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "gsp": "http://www.opengis.net/ont/geosparql#",
}
_LANGUAGES = {"en": "ENG", "fi": "FIN", "ja": "JPN", "sv": "SWE"}
_STANDARDS = {
    "GTFS": "https://gtfs.org/documentation/schedule/reference/",
    "GTFS-RT": "https://gtfs.org/documentation/realtime/reference/",
    "GBFS": "https://gbfs.org/specification/reference/",
    "GOFS": "https://gofs.org/",
    "NeTEx": "https://netex-cen.eu/",
    "SIRI": "https://www.siri-cen.eu/",
    "TOMP-1.6": "https://github.com/TOMP-WG/TOMP-API",
    "TOMP-2.0": "https://github.com/TOMP-WG/TOMP-API",
    "OSDM": "https://osdm.io/",
}
_MEDIA = {
    "GTFS": "application/zip",
    "GTFS-RT": "application/x-protobuf",
    "GBFS": "application/json",
    "GOFS": "application/json",
    "NeTEx": "application/xml",
    "SIRI": "application/xml",
}
_SELLING = {Interface.Format.TOMP_1, Interface.Format.TOMP_2, Interface.Format.OSDM}
_SELLING_CONTENTS = {Interface.Content.BOOKING_INTERFACE, Interface.Content.PAYMENT_INTERFACE,
                     Interface.Content.ON_BEHALF_ERRAND}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """Where the register stands: its public address, whose it is, and in which languages it can be read."""

    url: str
    name: str
    languages: tuple[str, ...]
    box: Box | None

    def at(self, path: str) -> str:
        """The address of something in it."""
        return f"{self.url}{path}"


def catalogue(found: Everything, site: Site, modified_at: datetime | None) -> Json:
    """The document."""
    services = {each.code: each for each in found.services}
    contacts = {each.code: each for each in found.operators}
    data = [each for each in found.interfaces if not _sells(each)]
    sales = [each for each in found.interfaces if _sells(each)]
    return {
        "@context": CONTEXT,
        "@id": site.at("/register"),
        "@type": "dcat:Catalog",
        "dct:title": _said(_TITLE, site.languages),
        "dct:description": _said(_ABOUT, site.languages),
        "dct:publisher": {"@id": site.at("/#publisher"), "@type": "foaf:Agent", "foaf:name": site.name},
        "foaf:homepage": {"@id": site.at("/register")},
        "dct:language": [_iri(f"{_EU}/language/{_LANGUAGES[each]}") for each in site.languages if each in _LANGUAGES],
        "dcat:themeTaxonomy": _iri(f"{_EU}/data-theme"),
        **({"dct:spatial": _location("", site.box)} if site.box else {}),
        **({"dct:modified": _moment(modified_at)} if modified_at else {}),
        "dcat:dataset": [_itself(site), *(_dataset(each, services, contacts, site) for each in data)],
        "dcat:service": [_service(each, services, contacts, site) for each in sales],
    }


def _sells(entry: InterfaceEntry) -> bool:
    return entry.format in _SELLING or not _SELLING_CONTENTS.isdisjoint(entry.contents)


def _itself(site: Site) -> Json:
    """The register as a dataset."""
    sheets = [(f"/api/v1/register/{what}.csv", "text/csv") for what in ("operators", "services", "interfaces")]
    sheets.append(("/api/v1/register/services", "application/json"))
    return {
        "@id": site.at("/register#data"),
        "@type": "dcat:Dataset",
        "dct:title": _said(_TITLE, site.languages),
        "dct:description": _said(_ITSELF, site.languages),
        "dct:publisher": {"@id": site.at("/#publisher")},
        "dcat:theme": _iri(f"{_EU}/data-theme/TRAN"),
        "dcat:distribution": [
            {"@id": site.at(path) + "#file", "@type": "dcat:Distribution", "dcat:accessURL": _iri(site.at(path)),
             "dcat:mediaType": _media(kind)} for path, kind in sheets
        ],
    }  # fmt: skip


def _dataset(entry: InterfaceEntry, services: dict[str, ServiceEntry], contacts: Contacts, site: Site) -> Json:
    open_to_all = entry.authentication in {"", Interface.Authentication.NONE}
    distribution: Json = {
        "@id": _address(entry, site) + "#file",
        "@type": "dcat:Distribution",
        "dct:title": f"{entry.format} {entry.version}".strip(),
        "dcat:accessURL": _iri(entry.url or _address(entry, site)),
        **({"dcat:downloadURL": _iri(entry.url)} if entry.url and open_to_all else {}),
        **({"dcat:mediaType": _media(_MEDIA[entry.format])} if entry.format in _MEDIA else {}),
        **_terms(entry),
    }
    return {
        **_about(entry, services, contacts, site),
        "@type": "dcat:Dataset",
        "dcat:distribution": [distribution],
    }


def _service(entry: InterfaceEntry, services: dict[str, ServiceEntry], contacts: Contacts, site: Site) -> Json:
    return {
        **_about(entry, services, contacts, site),
        **_terms(entry),
        "@type": "dcat:DataService",
        "dcat:endpointURL": _iri(entry.url or _address(entry, site)),
        **({"dcat:endpointDescription": _iri(entry.documentation_url)} if entry.documentation_url else {}),
    }


Contacts = dict[str, OperatorEntry]


def _about(entry: InterfaceEntry, services: dict[str, ServiceEntry], contacts: Contacts, site: Site) -> Json:
    """What a dataset and a service have in common."""
    of = [services[code] for code in entry.services if code in services]
    operator = contacts.get(entry.operator_code)
    reach = {"vcard:hasEmail": entry.contact_email or (operator.email if operator else ""),
             "vcard:hasURL": entry.contact_url or (operator.homepage if operator else "")}  # fmt: skip
    vcard = {name: _iri(f"mailto:{to}" if name == "vcard:hasEmail" else to) for name, to in reach.items() if to}
    places = [_location(area.name, area.box) for each in of for area in each.areas if area.name or area.box]
    is_public = entry.authentication == Interface.Authentication.NONE
    return {
        "@id": _address(entry, site),
        "dct:title": f"{entry.operator_name}: {entry.format} {entry.version}".strip(),
        "dct:description": _description(entry, of),
        "dct:identifier": entry.name,
        "dct:publisher": {
            "@id": site.at(f"/register/operators/{entry.operator_code}"),
            "@type": "foaf:Agent",
            "foaf:name": entry.operator_name,
        },
        "dcat:theme": _iri(f"{_EU}/data-theme/TRAN"),
        **({"dcat:keyword": kinds} if (kinds := sorted({each.kind for each in of if each.kind})) else {}),
        **({"dct:spatial": places} if places else {}),
        **({"dcat:landingPage": _iri(entry.documentation_url)} if entry.documentation_url else {}),
        **({"dcat:contactPoint": {"@type": "vcard:Kind", "vcard:fn": entry.operator_name, **vcard}} if vcard else {}),
        **({"dct:accessRights": _iri(f"{_EU}/access-right/{'PUBLIC' if is_public else 'RESTRICTED'}")}
           if entry.authentication else {}),
        **({"dct:conformsTo": _iri(_STANDARDS[entry.format])} if entry.format in _STANDARDS else {}),
    }  # fmt: skip


def _description(entry: InterfaceEntry, of: Iterable[ServiceEntry]) -> str:
    """DCAT-AP asks for one: what is in it, of which services."""
    names, contents = ", ".join(each.name for each in of), ", ".join(entry.contents)
    return " – ".join(filter(None, [entry.operator_name, names, contents, entry.attribution]))


def _terms(entry: InterfaceEntry) -> Json:
    """Licence and terms of use."""
    licence: Json = {"@type": "dct:LicenseDocument", "dct:title": entry.licence or entry.licence_url}
    if entry.licence_url:
        licence["@id"] = entry.licence_url
    rights = {"dct:rights": {"@id": entry.terms_url, "@type": "dct:RightsStatement"}} if entry.terms_url else {}
    return ({"dct:license": licence} if entry.licence or entry.licence_url else {}) | rights


def _location(name: str, box: Box | None) -> Json:
    """A place in words and as a box (OGC WKT, longitude first)."""
    place: Json = {"@type": "dct:Location"}
    if name:
        place["skos:prefLabel"] = name
    if box:
        west, south, east, north = box
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        ring = ", ".join(f"{lon:.5f} {lat:.5f}" for lon, lat in corners)
        place["dcat:bbox"] = {"@type": "gsp:wktLiteral", "@value": f"POLYGON(({ring}))"}
    return place


def _address(entry: InterfaceEntry, site: Site) -> str:
    return site.at(f"/api/v1/register/interfaces/{entry.name}")


def _said(text: Any, languages: Iterable[str]) -> list[Json]:
    """A sentence of ours in each language."""
    found = []
    for language in languages:
        with translation.override(language):
            found.append({"@language": language, "@value": str(text)})
    return found


def _iri(address: str) -> Json:
    return {"@id": address}


def _media(kind: str) -> Json:
    return _iri(f"https://www.iana.org/assignments/media-types/{kind}")


def _moment(moment: datetime) -> Json:
    return {"@type": "xsd:dateTime", "@value": moment.isoformat()}
