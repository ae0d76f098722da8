"""Whatever somebody writes into the register is shown as it was written: it becomes no element, script or address."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from tests.features import registered
from tests.feeds import NOW
from transit.models import Interface, OperationArea, Operator, PriceClass, Service
from transit.register.changes import note_changes

pytestmark = pytest.mark.django_db
PAGES = ["/register", "/register/operators", "/register/operators/valley-taxi", "/register/services/valley-taxi",
         "/register/changes"]  # fmt: skip
ATTACKS = [
    "<script>window.run=1</script>", '"><img src=x onerror=window.run=1>', "'><svg/onload=window.run=1>",
    "</title><script>window.run=1</script>", "</script><script>window.run=1</script>", "javascript:window.run=1",
    '" autofocus onfocus=window.run=1 x="', "{{ 7|add:7 }}{% include 'x' %}", "<!--<script>window.run=1//-->",
    "<iframe srcdoc='<script>parent.run=1</script>'>", "&lt;script&gt;window.run=1&lt;/script&gt;",
    "]]><script>window.run=1</script>", "<a href='data:text/html,<script>window.run=1</script>'>x</a>",
    "\u202e<b>window</b>",
]  # fmt: skip
ADDRESS = re.compile(r"(https?://|/|#|\?|mailto:|tel:|data:,?$)")


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, its addresses, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def write(text: str) -> None:
    """The same text everywhere where somebody may write."""
    Operator.objects.update(legal_name=text, visiting_address=text, licensing_office=text, licence_number=text)
    texts = {"en": text}
    Service.objects.update(
        name=text, names=texts, descriptions=texts, price_notes=texts, luggage_notes=texts, accessibility_notes=texts,
        council=text, council_decision=text,
    )  # fmt: skip
    OperationArea.objects.update(name=text, names=texts)
    PriceClass.objects.update(name=text, names=texts)
    Interface.objects.update(licence=text, attribution=text, version=text[:20])


def seen(client: Client, path: str) -> Shape:
    shape = Shape()
    answer = client.get(path)
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    shape.feed(answer.content.decode())
    return shape


@pytest.mark.parametrize("attack", ATTACKS)
def test_shown_as_written(client: Client, attack: str) -> None:
    registered.taxi(registered.region())
    registered.interface(Operator.objects.get(), "taxi-data", "GTFS", "https://data.example/gtfs.zip")
    write("harmless")
    with time_machine.travel(NOW, tick=False):
        note_changes(NOW)
        harmless = {path: seen(client, path).elements for path in PAGES}
        write(attack)
        note_changes(NOW)
        for path in PAGES[:-1]:
            shape = seen(client, path)
            assert shape.elements == harmless[path], path
            assert attack in shape.text, path
            assert all(ADDRESS.match(address) for address in shape.addresses), path
        assert {tag for tag, _ in seen(client, "/register/changes").elements} <= {tag for tag, _ in harmless[PAGES[-1]]}
    feed = ElementTree.fromstring(client.get("/register/changes.atom").content)
    titles = [each.text or "" for each in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert any(attack in title for title in titles)
    catalogue = client.get("/api/v1/register/catalogue.jsonld")
    assert catalogue["Content-Type"] == "application/ld+json"
    assert attack in json.dumps(catalogue.json(), ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")
    assert catalogue["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["javascript:window.run=1", "data:text/html,x", " javascript:x", "JAVASCRIPT:x"])
def test_no_address_that_runs(client: Client, address: str) -> None:
    registered.taxi(registered.region())
    registered.interface(Operator.objects.get(), "taxi-data", "GTFS", address)
    Operator.objects.update(homepage=address)
    Service.objects.update(url=address, booking_url=address, price_url=address, accessibility_url=address)
    Interface.objects.update(licence_url=address, terms_url=address, documentation_url=address, sandbox_url=address)
    for path in PAGES:
        assert all(ADDRESS.match(each) for each in seen(client, path).addresses), path
    said = client.get("/api/v1/register/interfaces/taxi-data").json()
    assert {said[name] for name in ("url", "licence_url", "terms_url", "documentation_url", "sandbox_url")} == {""}
    assert client.get("/api/v1/register/operators/valley-taxi").json()["homepage"] == ""
