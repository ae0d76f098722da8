"""The published TOMP 2.0 schema as a judge of both directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator


class Schema:
    """Finds what the document says about an operation and lists what offends it."""

    def __init__(self, specs: Path) -> None:
        self.document = json.loads((specs / "tomp" / "tomp-2.0-patched.json").read_text())

    def request_errors(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request body."""
        media = self._resolved(self.document["paths"][path][method.lower()]["requestBody"])["content"]
        return self._errors(media["application/json"]["schema"], body)

    def answer_errors(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a body answered with 200."""
        media = self._resolved(self.document["paths"][path][method.lower()]["responses"]["200"]).get("content")
        if media is None:  # the schema says nothing of it
            return []
        return self._errors(next(iter(media.values()))["schema"], body)

    def error_errors(self, body: Any) -> list[str]:
        """What is wrong with the body of a refusal."""
        media = self._resolved({"$ref": "#/components/responses/errorResponse"})["content"]
        return self._errors(media["application/json"]["schema"], body)

    def query_names(self, path: str) -> set[str]:
        """The query parameters of a GET."""
        parameters = [self._resolved(row) for row in self.document["paths"][path]["get"]["parameters"]]
        return {row["name"] for row in parameters if row["in"] == "query"}

    def _resolved(self, node: dict[str, Any]) -> Any:
        while "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/")]
            node = found
        return node

    def _errors(self, schema: dict[str, Any], body: Any) -> list[str]:
        judge = Draft202012Validator({"components": self.document["components"], **schema})
        return [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(body)]
