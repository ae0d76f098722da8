"""Published schemas as judges of what outsiders sent. Imported by worker children only: patterns and depth are theirs.

`schema_files/NOTICE` says whose the schemas are. Those of GOFS are our own words for its reference: the published ones
state no licence.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Json = dict[str, Any]
FOLDER: Final = Path(__file__).parent / "schema_files"
MOST_FAULTS: Final = 100
MOST_ENTRIES: Final = 2000
"""Of a longer list the first ones are checked: a publisher's mistakes are those of its program."""
SAMPLES: Final = 5
TOMP: Final = "tomp-2.0"


def _is_moment(text: object) -> bool:
    """RFC 3339."""
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


def _is_address(text: object) -> bool:
    return not isinstance(text, str) or bool(urlsplit(text).scheme)


_FORMATS: Final = FormatChecker(("date", "email"))
_FORMATS.checks("date-time", ValueError)(_is_moment)
_FORMATS.checks("uri", ValueError)(_is_address)


def faults(documents: list[list[str]]) -> list[Json]:
    """What is wrong with documents, each a label, a schema and a text: {file, count, samples, checked, entries}.

    A schema is `gbfs-3.0/<file>`, `gofs/<file>` or `tomp-2.0 <method> <path> <status>`. Documents without a fault that
    were checked whole are left out; `count` −1: it is no JSON.
    """
    found = []
    for label, schema, text in documents:
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            found.append({"file": label, "count": -1, "samples": [], "checked": 0, "entries": 0})
            continue
        entries = _entries(whole)
        _shorten(whole)
        wrong = [f"{error.json_path}: {error.message}"[:200] for error in islice(_judge(schema, whole), MOST_FAULTS)]
        if wrong or entries > MOST_ENTRIES:
            checked = min(entries, MOST_ENTRIES)
            row = {"count": len(wrong), "samples": wrong[:SAMPLES], "checked": checked, "entries": entries}
            found.append({"file": label, **row})
    return found


def _judge(schema: str, document: Any) -> Any:
    kind, _, name = schema.partition("/")
    if kind == "gofs":
        return Draft202012Validator(_gofs(name), format_checker=_FORMATS).iter_errors(document)
    if schema.startswith(TOMP):
        return _tomp(*schema.removeprefix(TOMP).split()).iter_errors(document)
    return _gbfs(schema).iter_errors(document)


@cache
def _gbfs(schema: str) -> Draft7Validator:
    return Draft7Validator(json.loads((FOLDER / f"{schema}.json").read_text()), format_checker=_FORMATS)


@cache
def _gofs(name: str) -> Json:
    own: Json = json.loads((FOLDER / "gofs.json").read_text())
    return {"$ref": f"#/$defs/{name}", "$defs": own["$defs"]}


def has_schema(schema: str) -> bool:
    """Whether there is a schema of GBFS or GOFS by this name."""
    kind, _, name = schema.partition("/")
    if kind == "gofs":
        return name in json.loads((FOLDER / "gofs.json").read_text())["$defs"]
    return (FOLDER / f"{schema}.json").is_file()


@cache
def _published() -> Json:
    document: Json = json.loads((FOLDER / f"{TOMP}.json").read_text())
    return document


@cache
def _tomp(method: str, path: str, status: str) -> Draft202012Validator:
    """The judge of an answer; of one that nothing is published of, everything is right."""
    document = _published()
    template = next((each for each in document["paths"] if _fits(each, path)), None)
    responses = document["paths"].get(template, {}).get(method.lower(), {}).get("responses", {})
    answer = _followed(document, responses.get(status) or responses.get("default") or {})
    media: Json = next(iter(answer.get("content", {}).values()), {})
    registry: Registry[Any] = Registry().with_resource("urn:tomp", Resource.from_contents(document, DRAFT202012))
    return Draft202012Validator(_absolute(media.get("schema", {})), registry=registry, format_checker=_FORMATS)


def _absolute(schema: Any) -> Any:
    """A part of the document whose references work outside of it."""
    if isinstance(schema, dict):
        return {
            key: f"urn:tomp{value}" if key == "$ref" and isinstance(value, str) else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(each) for each in schema] if isinstance(schema, list) else schema


def _followed(document: Json, part: Json) -> Json:
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        part = found
    return part


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None


def _lists(document: Any) -> list[list[Any]]:
    """The lists of entities: those right below `data`, or of a collection of features."""
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict):
        return []
    below = [data, *(value for value in data.values() if isinstance(value, dict))]
    return [value for each in below for value in each.values() if isinstance(value, list)]


def _entries(document: Any) -> int:
    return max((len(each) for each in _lists(document)), default=0)


def _shorten(document: Any) -> None:
    for each in _lists(document):
        del each[MOST_ENTRIES:]
