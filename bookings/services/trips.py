"""There and back: two itineraries that are sold as one, and how they come apart again.

The legs of the way back follow those of the way there, so that positions of legs mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bookings.models import Offer
from transit import journeys, tokens
from transit.routing.itinerary import Itinerary


def join(there: Itinerary, back: Itinerary) -> Itinerary:
    """Both as one. Fares stay those of each way."""
    moved = len(there.legs)
    fares = tuple(fare.moved(moved) for fare in back.fares)
    unpriced = tuple(leg + moved for leg in back.unpriced_legs)
    return replace(
        there,
        legs=there.legs + back.legs,
        fares=there.fares + fares,
        unpriced_legs=there.unpriced_legs + unpriced,
        stays=there.stays + tuple(replace(stay, leg=stay.leg + moved) for stay in back.stays),
    )


def recheck(
    there: Itinerary, back: Itinerary, language: str, now: datetime, spent: Mapping[tuple[str, date], int]
) -> Itinerary:
    """Both in the network of now, priced as one where published fares last for both ways, else each by itself.

    A fare that states no duration is for one way, whatever its transfers. Raises ItineraryChanged, whose legs are
    positions in the whole.
    """
    turn = len(there.legs)
    whole = journeys.recheck(join(there, back), language, now, turn, spent)
    spanning = [fare for fare in whole.fares if fare.legs[0] < turn <= fare.legs[-1]]
    if all(fare.valid_s is not None for fare in spanning):
        return whole
    return join(*(journeys.recheck(way, language, now, spent=spent) for way in (there, back)))


def trip_of(offer: Offer, leg: int) -> Itinerary:
    """The way there or back that a leg of the whole belongs to."""
    both = list_trips(offer)
    return both[0] if offer.back_from is None or leg < offer.back_from else both[1]


def list_trips(offer: Offer) -> tuple[Itinerary, ...]:
    """The way there, and the way back if it was bought together; positions of fares are not those of the parts."""
    whole = tokens.of_json(offer.itinerary)
    if offer.back_from is None:
        return (whole,)
    turn = offer.back_from
    before = tuple(stay for stay in whole.stays if stay.leg < turn)
    after = tuple(replace(stay, leg=stay.leg - turn) for stay in whole.stays if stay.leg > turn)
    halves = (whole.legs[:turn], before), (whole.legs[turn:], after)
    return tuple(replace(whole, legs=legs, fares=(), unpriced_legs=(), stays=stays) for legs, stays in halves)
