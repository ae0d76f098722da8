"""What a quoted ride costs each traveller, as fares of an itinerary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from transit.journeys.dispatched import Offered
from transit.journeys.wishes import Company
from transit.money import Money
from transit.ondemand.bounds import zones_along
from transit.ondemand.fares import Fare, Rider, Way, fares_of
from transit.ondemand.pricing import change_for
from transit.ondemand.quote import Quote, Spot
from transit.ondemand.rules import Rules
from transit.routing.itinerary import FareLine, FareProduct, FareReason, Place


def prices_of(
    offered: Offered,
    quote: Quote,
    leg: int,
    company: Company,
    language: str,
    *,
    changes: bool,
    spent: Mapping[str, int] = {},
) -> tuple[FareProduct, ...]:
    """One for each traveller, for the ride at the position `leg`.

    A group is that of the first traveller. `changes`: a ride by timetable is in the same order; `spent` is what each
    traveller (by key) pays for other such rides of the day.
    """
    rules, party, title = offered.rules, company.party, offered.title(language)
    way = Way(quote.direct_m, quote.direct_s, further_zones(rules, quote.pickup, quote.drop_off))
    riders = _riders(company, spent)
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


def due_before_asking(offered: Offered, company: Company, way: Way, *, changes: bool) -> Money:
    """What all travellers pay together for a ride by the rules alone, whatever supply and demand make of it."""
    rules = offered.rules
    found = fares_of(rules.fares, way, _riders(company), luggage=company.party.luggage, changes=changes)
    return Money(sum(fare.due_minor for fare in found), rules.currency)


def further_zones(rules: Rules, start: Spot | Place, end: Spot | Place) -> int:
    """How many zones beyond the first the straight way between two places goes through."""
    return max(0, len(zones_along(rules, (start.lon, start.lat), (end.lon, end.lat))) - 1)


def _riders(company: Company, spent: Mapping[str, int] = {}) -> list[Rider]:
    party = company.party
    alone = len(company.travellers) - (party.companions if party.group or company.mobility.rolls else 0)
    return [
        Rider(each.category.value, "" if i else party.group, 0 < i >= alone, spent.get(each.key, 0))
        for i, each in enumerate(company.travellers)
    ]


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
