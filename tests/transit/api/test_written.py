"""What the quick serializers write is what Django REST framework itself would write, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from tests.factories import itinerary
from transit.api.serializers import ItinerarySerializer, Proposed
from transit.api.written import Written, written


def slowly(serializer: Any, value: Any) -> Any:
    """By the general way of Django REST framework alone."""
    if isinstance(serializer, serializers.ListSerializer):
        return [slowly(serializer.child, each) for each in value]
    assert isinstance(serializer, serializers.Serializer)
    found = {}
    for name, field in serializer.fields.items():
        part = field.get_attribute(value)
        is_nested = isinstance(field, serializers.BaseSerializer)
        found[name] = None if part is None else slowly(field, part) if is_nested else field.to_representation(part)
    return found


def plain(value: Any) -> Any:
    """Lines are tuples in the one and lists in the other; JSON knows no difference."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def test_an_itinerary(db: None) -> None:
    shown = itinerary()
    proposed = Proposed(shown.legs, shown.travellers, shown.fares, shown.unpriced_legs, token="token")
    found = written(ItinerarySerializer, proposed)
    assert plain(found) == plain(slowly(ItinerarySerializer(), proposed))
    assert found["token"] == "token"
    assert [leg["service"] is None for leg in found["legs"]] == [not leg.is_transit for leg in shown.legs]
    assert any(leg["calls"] for leg in found["legs"])


def test_a_field_of_what_is_not_there() -> None:
    class Thing(Written[Any]):
        length = serializers.IntegerField()

    with pytest.raises(AttributeError):
        Thing().to_representation(object())
