"""Serializers that only write, for the long answers.

Django REST framework copies the fields of a serializer for every request, and looks up for every value anew how each
is found and turned into JSON, which takes longer than finding the journeys. Here that is settled once for a process;
what is written is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, TypeVar

from rest_framework import serializers

T = TypeVar("T")
S = TypeVar("S", bound=serializers.Serializer[Any])
Write = Callable[[Any], Any]

_PLAIN: dict[type, Write] = {
    serializers.CharField: str,
    serializers.IntegerField: int,
    serializers.FloatField: float,
    serializers.BooleanField: bool,
}


class Written(serializers.Serializer[T]):
    """A serializer of objects, of which no field is left out."""

    def to_representation(self, instance: T) -> Any:
        """The object as a dictionary."""
        found = {}
        for name, find, write in self._columns:
            value = instance if find is None else find(instance)
            found[name] = None if value is None else write(value)
        return found

    @cached_property
    def _columns(self) -> list[tuple[str, Write | None, Write]]:
        """For each field its name, how its value is found in the object (None: it is the object) and written."""
        return [
            (name, None if field.source == "*" else attrgetter(str(field.source)), _writer(field))
            for name, field in self.fields.items()
        ]


def written(kind: type[Written[T]], instance: T) -> Any:
    """An object in the form of a serializer, which is made once."""
    return shared(kind).to_representation(instance)


@cache
def shared(kind: type[S]) -> S:
    """The one serializer of a class that keeps nothing of a request: making it anew takes as long as a search."""
    return kind()


def _writer(field: serializers.Field[Any, Any, Any, Any]) -> Write:
    """How a value of a field is written."""
    if isinstance(field, Written):
        itself: Write = shared(type(field)).to_representation
        return itself
    if isinstance(field, serializers.ListSerializer) and field.child is not None:
        write = _writer(field.child)
        return lambda values: [write(value) for value in values]
    return _PLAIN.get(type(field), field.to_representation)
