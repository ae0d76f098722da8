"""Frozen values that are made as quickly as others: an answer has hundreds of them."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, make_dataclass
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def quickly_made(kind: type[T]) -> type[T]:
    """A frozen dataclass with slots, each value of which is of a twin class that is not frozen until all is set.

    A field of a frozen value is set by a call, one of another by an instruction: that takes an eighth of the time. The
    function that does so is written out, as `dataclasses` writes its own: one that hands on what it is called with
    takes half as long again.
    """
    frozen: Any = kind
    own = fields(frozen)
    twin = make_dataclass(
        f"{kind.__name__}InTheMaking", [each.name for each in own], bases=kind.__bases__, slots=True, init=False
    )
    known: dict[str, Any] = {"become": object.__setattr__, "twin": twin, "frozen": frozen, "unset": MISSING}
    for each in own:
        known |= {f"default_{each.name}": each.default, f"new_{each.name}": each.default_factory}
    head = f"def make(self, {', '.join(map(_parameter, own))}):"
    steps = ['become(self, "__class__", twin)', *map(_set, own), "self.__class__ = frozen"]
    exec("\n    ".join((head, *steps)), known)  # noqa: S102 - made of the names of fields alone
    frozen.__init__ = wraps(frozen.__init__)(known["make"])
    return kind


def _parameter(each: Field[Any]) -> str:
    if each.default_factory is not MISSING:
        return f"{each.name}=unset"
    return each.name if each.default is MISSING else f"{each.name}=default_{each.name}"


def _set(each: Field[Any]) -> str:
    if each.default_factory is MISSING:
        return f"self.{each.name} = {each.name}"
    return f"self.{each.name} = new_{each.name}() if {each.name} is unset else {each.name}"
