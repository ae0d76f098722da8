"""Errors in the shape of Stripe's: an HTTP status and `{"error": {type, code, message, param, …}}`."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200. `stored` says whether an idempotency key remembers it."""

    def __init__(
        self, status: int, kind: str, message: str, code: str | None = None, *, stored: bool = True, **fields: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        filled = {"code": code, **fields}
        self.error: dict[str, Any] = {name: value for name, value in filled.items() if value is not None}
        self.error |= {"message": message, "type": kind}


def invalid(message: str, code: str | None = None, param: str | None = None, **fields: Any) -> ApiError:
    """A 400 found before anything was executed: an idempotency key does not remember it."""
    return ApiError(400, "invalid_request_error", message, code, stored=False, param=param, **fields)


def refused(message: str, code: str | None = None, **fields: Any) -> ApiError:
    """A 400 because the object's state forbids the call: remembered by the idempotency key."""
    return ApiError(400, "invalid_request_error", message, code, **fields)


def missing(noun: str, wanted: str, param: str = "id", status: int = 404) -> ApiError:
    """An object that does not exist: 404 when it was named in the path, 400 when it was named in a parameter."""
    return ApiError(
        status, "invalid_request_error", f"No such {noun}: '{wanted}'", "resource_missing", stored=False, param=param
    )
