"""The published TOMP 2.0 schema as a judge of requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Json = dict[str, Any]
ROOT = "urn:tomp"


class Published:
    """Checks both directions of every call. Raises AssertionError with what differs."""

    def __init__(self, folder: Path) -> None:
        self._document: Json = json.loads((folder / "tomp" / "tomp-2.0-patched.json").read_text())
        resource = Resource.from_contents(self._document, DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)
        self.checked: set[tuple[str, str]] = set()

    def check_request(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Any
    ) -> None:
        """Required parameters and the body."""
        operation, pointer = self._operation(method, path)
        for n, parameter in enumerate(operation.get("parameters", [])):
            found, _ = self._followed(parameter, f"{pointer}/parameters/{n}")
            given = {"header": headers, "query": query}.get(found["in"], {})
            if found.get("required") and found["in"] in ("header", "query"):
                names = {name.lower() for name in given}
                assert found["name"].lower() in names, f"{method} {path} needs {found['name']}"
        if "requestBody" in operation:
            request, at = self._followed(operation["requestBody"], f"{pointer}/requestBody")
            media = next(iter(request["content"]))
            self._validate(f"{at}/content/{_escaped(media)}/schema", body)

    def check_answer(self, method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> None:
        """Status, required headers, media type and the body."""
        operation, pointer = self._operation(method, path)
        key = str(status) if str(status) in operation["responses"] else "default"
        assert key in operation["responses"], f"{method} {path} never answers {status}"
        response, at = self._followed(operation["responses"][key], f"{pointer}/responses/{key}")
        for name, header in response.get("headers", {}).items():
            found, place = self._followed(header, f"{at}/headers/{name}")
            if found.get("required"):
                assert name in headers, f"{method} {path} answers without {name}"
                self._validate(f"{place}/schema", headers[name])
        if body is not None and response.get("content"):
            media = headers["Content-Type"]
            assert media in response["content"], f"{method} {path} answers {media}"
            self._validate(f"{at}/content/{_escaped(media)}/schema", body)
        self.checked.add((method, path))

    def _operation(self, method: str, path: str) -> tuple[Json, str]:
        paths = self._document["paths"]
        template = path if path in paths else next((p for p in paths if _fits(p, path)), None)
        assert template, f"{path} is not published"
        return paths[template][method.lower()], f"/paths/{_escaped(template)}/{method.lower()}"

    def _followed(self, part: Json, pointer: str) -> tuple[Json, str]:
        """A reference resolved, with where it points."""
        while "$ref" in part:
            pointer = part["$ref"].removeprefix("#")
            part = self._document
            for step in pointer.strip("/").split("/"):
                part = part[step.replace("~1", "/").replace("~0", "~")]
        return part, pointer

    def _validate(self, pointer: str, value: Any) -> None:
        schema = {"$ref": f"{ROOT}#{pointer}"}
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=FormatChecker())
        faults = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(value)]
        assert not faults, f"{pointer}\n" + "\n".join(faults)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None
