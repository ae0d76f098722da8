"""A value that is made quickly is like any other frozen value."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from transit.routing.frozen import quickly_made
from transit.routing.later import Later


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick(Later):
    one: int
    two: str = "two"
    three: list[int] = field(default_factory=list, compare=False)


def test_made_as_it_is_told() -> None:
    value = Quick(1, three=[3])
    assert type(value) is Quick
    assert (value.one, value.two, value.three) == (1, "two", [3])
    assert Quick(1).three is not Quick(1).three
    assert list(inspect.signature(Quick).parameters) == ["one", "two", "three"]


def test_frozen_equal_copied_and_pickled() -> None:
    value: Any = Quick(1)
    with pytest.raises(FrozenInstanceError):
        value.one = 2
    assert value == Quick(1, three=[4]) != Quick(2)
    assert hash(value) == hash(Quick(1))
    assert repr(value) == "Quick(one=1, two='two', three=[])"
    assert pickle.loads(pickle.dumps(value)) == value
    assert replace(value, one=2) == Quick(2)


def test_a_field_is_left_for_later() -> None:
    assert Quick(1).leave({"two": lambda: "made"}).two == "made"


def test_what_does_not_fit_is_an_error() -> None:
    make: Any = Quick
    with pytest.raises(TypeError):
        make()
    with pytest.raises(TypeError):
        make(1, four=4)
