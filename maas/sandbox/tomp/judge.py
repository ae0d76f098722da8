"""The published schema as a judge of what somebody sends and answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]


class Judge:
    """Finds an operation in an OpenAPI document by method and path, and lists what offends it."""

    def __init__(self, schema: Path) -> None:
        self._document: Json = json.loads(schema.read_text(encoding="utf-8"))

    def of_request(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with the body of a request."""
        said = self._resolved(self._operation(method, path).get("requestBody", {}))
        return self._errors(said.get("content", {}), body)

    def of_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer: of this status, or with the refusal that every operation may answer."""
        responses = self._operation(method, path)["responses"]
        said = responses.get(str(status)) or responses.get("default") or {}
        return self._errors(self._resolved(said).get("content", {}), body)

    def of_headers(self, method: str, path: str, status: int, names: set[str]) -> list[str]:
        """The headers that an answer must have and has not."""
        said = self._resolved(self._operation(method, path)["responses"].get(str(status), {}))
        wanted = {name for name, row in said.get("headers", {}).items() if self._resolved(row).get("required")}
        return [f"header {name} is missing" for name in sorted(wanted) if name.lower() not in names]

    def _operation(self, method: str, path: str) -> Json:
        for template, methods in self._document["paths"].items():
            if method.lower() in methods and _fits(template, path):
                found: Json = methods[method.lower()]
                return found
        raise LookupError(f"the schema knows no {method} {path}")

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            found: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/")]
            node = found
        return node

    def _errors(self, content: Json, body: Any) -> list[str]:
        schemas = [each["schema"] for media, each in content.items() if "json" in media]
        if not schemas:
            return []
        judge = Draft202012Validator({"components": self._document["components"], **schemas[0]})
        return [f"{error.json_path}: {error.message[:160]}" for error in judge.iter_errors(body)]


def _fits(template: str, path: str) -> bool:
    """Whether a path is one of a template. Names in braces stand for one part, or the beginning of one."""
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        each == part or ("}" in each and part.endswith(each.rpartition("}")[2]) and part)
        for each, part in zip(wanted, given, strict=True)
    )
