"""What demand and named payers make of the price of a ride that our own dispatcher has quoted, for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from bookings.services import concessions
from bookings.services.pricing import PricedPart
from bookings.services.subsidies import FundedRide
from bookings.services.viewers import Viewer
from transit.ondemand import quoting
from transit.ondemand.quote import Quote, RideRefused
from transit.ondemand.terms import Terms, find_terms
from transit.routing.itinerary import Itinerary


@dataclass(frozen=True, slots=True)
class Funding:
    """What is known of a ride beside its price."""

    ride: FundedRide
    demand_basis_points: int


def find(part: PricedPart, itinerary: Itinerary, viewer: Viewer, now: datetime) -> Funding | None:
    """The same of a part; None of what no dispatcher of ours has quoted, or no more quotes."""
    orderings = (itinerary.legs[leg].ordering for leg in part.legs)
    token = next((each.quote.token for each in orderings if each is not None and each.quote is not None), "")
    if not token:
        return None
    try:
        quote = quoting.read(token, now)
    except RideRefused:
        return None
    terms = find_terms(quote)
    return None if terms is None else Funding(_ride(quote, terms, viewer), terms.change_basis_points)


def _ride(quote: Quote, terms: Terms, viewer: Viewer) -> FundedRide:
    person_id = _person_of(viewer)
    is_right = bool(quote.group) and concessions.has_right(person_id, terms.region, quote.group, quote.day)
    return FundedRide(
        service_code=quote.service,
        region_code=terms.region,
        subsidies=terms.rules.subsidies,
        groups=(quote.group,) if is_right else (),
        purpose=quote.purpose,
        day=quote.day,
        starts_at=quote.earliest_at,
        person=f"user:{person_id}" if person_id is not None else "",
        timezone=terms.rules.timezone,
    )


def _person_of(viewer: Viewer) -> int | None:
    """Who rides, as far as we know: not staff or partners' systems, who order for many, unless they say for whom."""
    if viewer.user_id is None or viewer.acting is not None:
        return viewer.user_id
    user: Any = get_user_model().objects.filter(pk=viewer.user_id).first()
    return None if user is None or user.has_perm("bookings.sell_for_others") else viewer.user_id
