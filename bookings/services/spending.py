"""What somebody pays on a day for rides that our own dispatcher plans: a day costs no more than its rules say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Sum

from bookings.models import OfferProduct
from transit.routing.itinerary import Leg

ALIVE: Final = ("HELD", "CONDITIONAL", "CONFIRMED")


def of_days(user_id: int | None, legs: Iterable[Leg]) -> dict[tuple[str, date], int]:
    """By service and day of the rides in some legs, what the first traveller of earlier orders pays. Of guests nothing
    is known.
    """
    days = {(leg.service.agency_id, leg.service.service_date) for leg in legs if leg.service and leg.ordering}
    return {day: spent for day in days if user_id is not None and (spent := _spent(user_id, *day))}


def _spent(user_id: int, agency_id: str, day: date) -> int:
    """The first traveller is the one whose key comes first: the others ride along."""
    rows = OfferProduct.objects.filter(
        part__agency_id=agency_id, part__sales="ondemand", part__booking__order__owner_id=user_id,
        part__booking__state__in=ALIVE, part__booking__rides__departure_key=f"{agency_id}@{day.isoformat()}",
    )  # fmt: skip
    return rows.filter(seq=1).aggregate(sum=Sum("price_minor"))["sum"] or 0
