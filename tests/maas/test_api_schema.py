"""The API describes itself: an OpenAPI 3.1 document, a page to try it out, and problems in one shape."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from maas.errors import PROBLEMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_is_made_without_a_warning() -> None:
    call_command("spectacular", "--fail-on-warn", stdout=io.StringIO())


def test_every_operation_is_described_and_may_fail(document: dict[str, Any]) -> None:
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    assert len(operations) >= 16
    for operation in operations:
        assert operation["description"], operation["operationId"]
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)


def test_every_problem_has_a_title_and_a_place(client: Client, document: dict[str, Any]) -> None:
    shown = client.get("/api/v1/problems").json()["problems"]
    assert {each["code"]: each["status"] for each in shown} == {code: status for code, (status, _) in PROBLEMS.items()}
    assert document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == sorted(PROBLEMS)


def test_the_page_obeys_its_own_policy(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    policy, page = answer.headers["Content-Security-Policy"], answer.content.decode()
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith(("/static/", "/api/v1/docs")), "everything is served from here"
    script = client.get("/api/v1/docs?script=")
    assert "javascript" in script.headers["Content-Type"]
    assert "/api/v1/openapi.json" in script.content.decode()


@pytest.mark.parametrize("path", ["nothing", "offers/a%0Ab", "orders/%0A/changes"], ids=["plain", "line", "inside"])
def test_an_address_that_there_is_not_is_a_problem(client: Client, path: str) -> None:
    """Also with a line break in it, and where DEBUG would show a page."""
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
