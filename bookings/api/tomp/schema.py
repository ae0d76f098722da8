"""The published schema, mended (NOTICE), as far as we serve it: what `api` says, and what requests are held against.

Not served, and so not declared: seats and vehicles to choose or unlock, products without a ride, deposits.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bookings.api.tomp.errors import TompError

Json = dict[str, Any]
NOT_SERVED: Final = frozenset(
    {
        *("requestAssets", "assignAssetRequest", "useAssetRequest", "assetOperation"),
        *("purchaseProductRequest", "refundDepositRequest"),
        *("postNotification", "postConfirmation", "paymentRequest"),  # served by providers
    }
)
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "An extension: the same request again with the same key is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
_METHODS: Final = ("get", "post", "patch", "delete")
_NAMES: Final = {"legOperation": ["start", "end"], "productOperation": ["initiate-leg"]}
"""What is served of operations that are named in the path."""
_FORMATS: Final = FormatChecker(["date-time", "date"])


@cache
def published() -> Json:
    """The whole document."""
    found: Json = json.loads(Path(__file__).with_name("tomp-2.0.json").read_text(encoding="utf-8"))
    return found


@cache
def operations() -> dict[str, tuple[str, str, Json]]:
    """What we serve: method, path and description by operationId."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in published()["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS and operation["operationId"] not in NOT_SERVED
    }


def document(base_url: str) -> Json:
    """The OpenAPI document of what is served at an address."""
    found = copy.deepcopy(published())
    paths: Json = {}
    for method, path, operation in copy.deepcopy(list(operations().values())):
        operation["parameters"] = [_parameter(each) for each in operation.get("parameters", []) if not _is_format(each)]
        if method == "post" and "requestBody" in operation and path.startswith("/processes/"):
            operation["parameters"].append(IDEMPOTENCY_KEY)
        paths.setdefault(path, _shared(path))[method] = operation
    return found | {"paths": paths, "servers": [{"url": base_url}]}


def _shared(path: str) -> Json:
    """What the operations of a path have in common."""
    said = published()["paths"][path].get("parameters")
    return {"parameters": copy.deepcopy(said)} if said else {}


def check(operation_id: str, body: Any, module: int) -> None:
    """Hold a request's body against the schema. Raises TompError."""
    error = best_match(_validator(operation_id).iter_errors(body))
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path)
    raise TompError("missing" if error.validator == "required" else "invalid", _said(where, error), module)


def _said(where: str, error: ValidationError) -> str:
    """What is wrong, without what was sent."""
    wanted = error.message if error.validator == "required" else f"{error.validator} {error.validator_value}"
    return f"{where}: {wanted}" if where else wanted


@cache
def _validator(operation_id: str) -> Draft202012Validator:
    method, path, operation = operations()[operation_id]
    body = operation["requestBody"]
    where = (
        body["$ref"] if "$ref" in body else f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}/requestBody"
    )
    (media,) = _at(where)["content"]
    pointer = f"urn:tomp{where}/content/{media.replace('/', '~1')}/schema"
    resource = DRAFT202012.create_resource(published())
    registry: Any = Registry().with_resource("urn:tomp", resource)
    return Draft202012Validator({"$ref": pointer}, registry=registry, format_checker=_FORMATS)


def _at(where: str) -> Json:
    found = published()
    for part in where.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def _is_format(parameter: Json) -> bool:
    """We answer with JSON alone."""
    return bool(parameter.get("$ref", "").endswith("/f"))


def _parameter(parameter: Json) -> Json:
    names = _NAMES.get(parameter.get("name", ""))
    return parameter | {"schema": parameter["schema"] | {"enum": names}} if names else parameter
