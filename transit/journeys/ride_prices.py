"""What a quoted ride costs each traveller, as fares of an itinerary."""

from __future__ import annotations

from collections.abc import Iterator

from transit.journeys.dispatched import Offered
from transit.journeys.wishes import Company
from transit.money import Money
from transit.ondemand.bounds import zones_along
from transit.ondemand.fares import Fare, Rider, Way, fares_of
from transit.ondemand.pricing import change_for
from transit.ondemand.quote import Quote
from transit.routing.itinerary import FareLine, FareProduct, FareReason


def prices_of(
    offered: Offered, quote: Quote, leg: int, company: Company, language: str, *, changes: bool, spent_minor: int = 0
) -> tuple[FareProduct, ...]:
    """One for each traveller, for the ride at the position `leg`.

    A group is that of the first traveller. `changes`: a ride by timetable is in the same order; `spent_minor` is what
    the first traveller has paid for such rides on the same day.
    """
    rules, party, title = offered.rules, company.party, offered.title(language)
    pickup, drop_off = ((spot.lon, spot.lat) for spot in (quote.pickup, quote.drop_off))
    way = Way(quote.direct_m, quote.direct_s, max(0, len(zones_along(rules, pickup, drop_off)) - 1))
    alone = len(company.travellers) - (party.companions if party.group or company.mobility.rolls else 0)
    riders = [
        Rider(each.category.value, "" if i else party.group, 0 < i >= alone, 0 if i else spent_minor)
        for i, each in enumerate(company.travellers)
    ]
    moved = change_for(rules, quote)
    found = fares_of(rules.fares, way, riders, luggage=party.luggage, changes=changes, moved=moved)
    usual = fares_of(rules.fares, way, riders, luggage=party.luggage, changes=changes)
    return tuple(
        FareProduct(
            offered.name,
            title,
            offered.name,
            traveller,
            (leg,),
            Money(fare.due_minor, rules.currency),
            explanation=tuple(_lines(fare, before, title, leg, rules.currency)),
        )
        for traveller, fare, before in zip(company.travellers, found, usual, strict=True)
    )


def _lines(fare: Fare, usual: Fare, title: str, leg: int, currency: str) -> Iterator[FareLine]:
    """What it is made of; the lines add up to what is due."""
    moved = fare.reduced_minor - usual.reduced_minor
    capped = fare.due_minor - (fare.reduced_minor - fare.changing_minor + fare.luggage_minor)
    yield FareLine(FareReason.TICKET, title, (leg,), Money(usual.reduced_minor, currency))
    for reason, minor in (
        (FareReason.QUIET if moved < 0 else FareReason.BUSY, moved),
        (FareReason.CHANGE_DISCOUNT, -fare.changing_minor),
        (FareReason.LUGGAGE, fare.luggage_minor),
        (FareReason.DAY_CAP, capped),
    ):
        if minor:
            yield FareLine(reason, "", (leg,), Money(minor, currency))
