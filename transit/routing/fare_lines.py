"""A chain of fare legs as the product that is sold: its price line by line, and what other media would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transit.money import Money
from transit.routing.fare_chains import Chain
from transit.routing.fare_legs import FareLeg
from transit.routing.fare_rows import Product
from transit.routing.itinerary import FareLine, FareProduct, FareReason, FareSource, Leg, MediumKind, MediumPrice
from transit.routing.query import Traveller
from transit.routing.tariff import Tariff

KINDS = tuple(MediumKind)
"""By `fare_media_type`."""


@dataclass(frozen=True, slots=True)
class Ridden:
    """The itinerary that is priced: its legs, the fare legs of one feed in it, and who rides."""

    legs: Sequence[Leg]
    fare_legs: Sequence[FareLeg]
    traveller: Traveller


def product_of(chain: Chain, prefix: str, tariff: Tariff, trip: Ridden) -> FareProduct:
    """A chain as one product, ids with the prefix of their feed. Who runs its first ride sells it."""
    ridden = tuple(position for part in chain.parts for position in trip.fare_legs[part.leg].legs)
    service = trip.legs[ridden[0]].service
    assert service is not None
    lines = lines_of(chain, trip.fare_legs)
    category = next((each for each in tariff.categories if each.id == chain.buyer.category), None)
    return FareProduct(
        prefix + chain.rows[0].id,
        " + ".join(dict.fromkeys(line.name for line in lines if line.name)) or chain.rows[0].id,
        service.agency_id,
        trip.traveller,
        ridden,
        Money(chain.sums()[-1], chain.currency),
        lasting_s(chain, tariff),
        url=service.fare_url,
        source=FareSource.V2,
        explanation=lines,
        media=_media(chain, tariff),
        rider=category.name or category.id if category else "",
        eligibility_url=category.url if category else "",
    )


def lines_of(chain: Chain, fare_legs: Sequence[FareLeg]) -> tuple[FareLine, ...]:
    """The lines of a chain; they add up to its sum."""
    lines: list[FareLine] = []
    before = 0
    for i, (part, paid) in enumerate(zip(chain.parts, chain.sums(), strict=True)):
        ridden, own = fare_legs[part.leg].legs, part.own.minor if part.own else 0
        if part.rule is None:
            lines.append(FareLine(_reason(chain, ridden), _name(part.own), ridden, Money(paid, chain.currency)))
        elif part.rule.kind == 2 and i == 1:
            both, limit_s = lines[0].legs + ridden, part.rule.limit_s or None
            lines = [FareLine(FareReason.THROUGH, _name(part.extra), both, Money(paid, chain.currency), limit_s)]
        else:
            if part.own:
                lines.append(FareLine(FareReason.TICKET, _name(part.own), ridden, Money(own, chain.currency)))
            rest, limit_s = Money(paid - before - own, chain.currency), part.rule.limit_s or None
            if rest or not part.own:
                lines.append(FareLine(_change(rest), _name(part.extra), ridden, rest, limit_s))
        before = paid
    return tuple(lines)


def lasting_s(chain: Chain, tariff: Tariff) -> int | None:
    """How long one may go on riding on a chain as often as one likes; None where that is not so.

    It is so where every change, also to what one could ride next, is free by a rule without a number of transfers
    that counts from boarding (`duration_limit_type` 0 or 1).
    """
    group = chain.parts[0].group
    ways = [
        rule
        for rule in tariff.transfers_between(group, group)
        if rule.is_loop and rule.count < 0 and rule.kind == 0 and not rule.product and rule.limit_kind in (0, 1)
    ]
    used = {part.rule for part in chain.parts[1:]}
    return ways[0].limit_s or None if ways and used <= {ways[0]} else None


def _reason(chain: Chain, ridden: Sequence[int]) -> FareReason:
    if len(ridden) > 1:
        return FareReason.JOINED
    return FareReason.CHEAPER_TOGETHER if chain.is_dearer_alone else FareReason.TICKET


def _change(rest: Money) -> FareReason:
    if not rest:
        return FareReason.CHANGE_FREE
    return FareReason.CHANGE_COSTS if rest.minor > 0 else FareReason.CHANGE_DISCOUNT


def _name(row: Product | None) -> str:
    return row.name or row.id if row else ""


def _media(chain: Chain, tariff: Tariff) -> tuple[MediumPrice, ...]:
    """What the same costs on each medium, the cheapest first; nothing where no medium is named."""
    if not any(row.medium for row in chain.rows):
        return ()
    found = []
    for medium in tariff.media:
        other = chain.on_medium(tariff, medium.id)
        if other is not None:
            found.append(MediumPrice(medium.name, KINDS[medium.kind], Money(other.sums()[-1], chain.currency)))
    return tuple(sorted(found, key=lambda each: each.price.minor))
