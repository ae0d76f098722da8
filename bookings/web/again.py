"""The way back to a search, with the same ends and travellers."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from django.urls import reverse

from transit.routing.itinerary import Itinerary, Place


def search_address(itinerary: Itinerary) -> str:
    """The address of a search for now, in the parameters of the search form."""
    travellers = Counter(traveller.category.value for traveller in itinerary.travellers)
    ends = {"from_at": _value(itinerary.legs[0].start), "to_at": _value(itinerary.legs[-1].end)}
    return f"{reverse('results')}?{urlencode(ends | travellers)}"


def _value(place: Place) -> str:
    return f"{place.lat:.5f},{place.lon:.5f}~{place.stop_id or ''}~{place.name}"
