"""Typed reading of a call's parameters, with Stripe's errors for missing, malformed and unknown ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from maas.sandbox.stripe.errors import invalid


class Params:
    """Parameters that are taken out one by one; `finish` refuses what nobody took."""

    def __init__(self, form: Mapping[str, Any], prefix: str = "") -> None:
        self._left = dict(form)
        self._prefix = prefix

    def _name(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

    def _take(self, name: str, required: bool) -> Any:
        value = self._left.pop(name, None)
        if required and value in (None, ""):
            raise invalid(f"Missing required param: {self._name(name)}.", "parameter_missing", self._name(name))
        return value

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A string; the empty string, which Stripe reads as “unset”, is None."""
        value = self._take(name, required)
        if isinstance(value, dict):
            raise invalid(f"Invalid string: {self._name(name)}", None, self._name(name))
        return value or None

    def must(self, name: str) -> str:
        """A required string."""
        return self.text(name, required=True) or ""

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str | None:
        """A string out of a fixed set."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise invalid(
                f"Invalid {self._name(name)}: must be one of {', '.join(sorted(allowed))}", None, self._name(name)
            )
        return value or default

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise invalid(f"Invalid integer: {value}", "parameter_invalid_integer", self._name(name)) from None

    def amount(self, name: str, *, minimum: int = 1) -> int | None:
        """A positive number of minor units."""
        value = self.integer(name)
        if value is not None and value < minimum:
            raise invalid("Invalid positive integer", "parameter_invalid_integer", self._name(name))
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """`true` or `false`."""
        value = self.text(name)
        if value not in (None, "true", "false"):
            raise invalid(f"Invalid boolean: {value}", None, self._name(name))
        return default if value is None else value == "true"

    def group(self, name: str) -> dict[str, Any]:
        """A free-form group such as metadata."""
        value = self._take(name, False)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {self._name(name)}", None, self._name(name))
        return value

    def inner(self, name: str) -> Params:
        """A group whose fields are read one by one."""
        return Params(self.group(name), self._name(name))

    def rows(self, name: str) -> list[Params]:
        """A list of groups."""
        rows = self.group(name)
        return [Params(row, f"{self._name(name)}[{at}]") for at, row in rows.items() if isinstance(row, dict)]

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return [str(value) for value in self.group(name).values()]

    def finish(self) -> None:
        """Refuse parameters that nobody took."""
        if self._left:
            name = self._name(min(self._left))
            raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)
