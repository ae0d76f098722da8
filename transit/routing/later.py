"""Fields of a value that are made when they are first read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T", bound="Later")


class Later:
    """A base of frozen dataclasses with slots, some of whose fields may be left for later.

    Such a value is equal, hashed, copied and pickled like any other: whatever reads a field has it made first. Of two
    threads that read it at once both make it, and it is the same.
    """

    __slots__ = ("_makers",)

    def leave(self: T, makers: Mapping[str, Callable[[], Any]]) -> T:
        """The value itself, the named fields of which are forgotten and made when they are asked for."""
        for name in makers:
            object.__delattr__(self, name)
        object.__setattr__(self, "_makers", makers)
        return self

    if not TYPE_CHECKING:  # so that a name which is no field stays an error of type

        def __getattr__(self, name: str) -> Any:
            """A field that is not there yet."""
            make = None if name == "_makers" else getattr(self, "_makers", {}).get(name)
            if make is None:
                raise AttributeError(name)
            value = make()
            object.__setattr__(self, name, value)
            return value
