"""Portals of open data harvest the register: DCAT-AP as JSON-LD, with a dataset or a service for each interface."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.features import registered
from transit.publishing.dcat import CONTEXT

pytestmark = [pytest.mark.django_db, pytest.mark.db]
Json = dict[str, Any]
MANDATORY = {
    "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher"},
    "dcat:Dataset": {"dct:title", "dct:description"},
    "dcat:Distribution": {"dcat:accessURL"},
    "dcat:DataService": {"dct:title", "dcat:endpointURL"},
    "foaf:Agent": {"foaf:name"},
}
"""What DCAT-AP 3.0 asks of each class."""


@pytest.fixture
def document(client: Client) -> Json:
    region = registered.region()
    registered.taxi(region)
    registered.bus(region)
    answer = client.get("/api/v1/register/catalogue.jsonld", headers={"Accept": "application/ld+json"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    body: Json = json.loads(answer.content)
    return body


def nodes(value: Any) -> list[Json]:
    """Every object of the document that has a class."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each)]
    if not isinstance(value, dict):
        return []
    return ([value] if "@type" in value else []) + [node for each in value.values() for node in nodes(each)]


def test_what_the_profile_asks_for(document: Json) -> None:
    assert document["@type"] == "dcat:Catalog"
    for node in nodes({key: value for key, value in document.items() if key != "@context"} | {"@type": "dcat:Catalog"}):
        if "@value" not in node:
            missing = MANDATORY.get(node["@type"], set()) - node.keys()
            assert not missing, (node["@type"], missing)
    words = {name for node in nodes(document) for name in node if not name.startswith("@")}
    assert {name.partition(":")[0] for name in words} <= CONTEXT.keys(), "every term is one of the context"


def test_data_and_sales(document: Json) -> None:
    data = {each.get("dct:identifier"): each for each in document["dcat:dataset"]}
    sales = {each["dct:identifier"]: each for each in document["dcat:service"]}
    assert set(data) == {None, "coast", "coast-now", "coast-old"}
    assert set(sales) == {"coast-tomp"}
    (file,) = data["coast"]["dcat:distribution"]
    assert file["dcat:downloadURL"] == {"@id": "https://data.example/gtfs.zip?day=1"}
    assert file["dct:license"]["@id"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["coast"]["dct:accessRights"]["@id"].endswith("/PUBLIC")
    assert data["coast"]["dct:publisher"]["foaf:name"] == "Coast Bus Ltd"
    tomp = sales["coast-tomp"]
    assert (tomp["dcat:endpointURL"]["@id"], tomp["dct:accessRights"]["@id"][-10:]) == (
        "https://tomp.example/v2",
        "RESTRICTED",
    )
    assert tomp["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:api@tomp.example"}
    titles = {each["@language"]: each["@value"] for each in document["dct:title"]}
    assert titles == {
        "en": "Register of transport services",
        "fi": "Liikennepalvelujen rekisteri",
        "ja": "交通サービス登録簿",
    }


def test_places(client: Client) -> None:
    region = registered.region()
    service = registered.taxi(region)
    registered.interface(service.operator, "taxi-data", "GOFS", "https://taxi.example/gofs.json")
    catalogue = client.get("/api/v1/register/catalogue.jsonld").json()
    (dataset,) = [each for each in catalogue["dcat:dataset"] if each.get("dct:identifier") == "taxi-data"]
    valley, port = dataset["dct:spatial"]
    assert valley["skos:prefLabel"] == "River valley"
    assert valley["dcat:bbox"]["@value"].startswith("POLYGON((24.80000 60.10000, 25.00000 60.10000")
    assert "dcat:bbox" not in port
    assert dataset["dcat:keyword"] == ["taxi"]


def test_read_by_rdflib(document: Json) -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    of_class = {
        name: len(set(graph.subjects(rdflib.RDF.type, dcat[name]))) for name in ("Catalog", "Dataset", "DataService")
    }
    assert of_class == {"Catalog": 1, "Dataset": 4, "DataService": 1}
