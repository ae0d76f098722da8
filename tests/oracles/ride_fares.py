"""What a ride on demand costs, step by step with fractions, as one would explain it at a desk."""

from __future__ import annotations

import math
from fractions import Fraction

from transit.ondemand.fares import Rider, Way
from transit.ondemand.rules import Fares


def due_minor(fares: Fares, way: Way, rider: Rider, *, pieces: int, changes: bool, moved: int) -> int:
    """What one person pays, with `pieces` of luggage."""
    kilometres, minutes = math.ceil(Fraction(way.metres, 1000)), math.ceil(Fraction(way.seconds, 60))
    price = Fraction(fares.base_minor)
    for _ in range(kilometres):
        price += fares.per_km_minor
    for _ in range(way.zones):
        price += fares.per_zone_minor
    for _ in range(minutes):
        price += fares.per_minute_minor
    price = _rounded(price + price * Fraction(moved, 10_000))
    if fares.cap_minor is not None and price > fares.cap_minor:
        price = Fraction(fares.cap_minor)
    if rider.accompanies and fares.companion_free:
        price = Fraction(0)
    else:
        names = [rider.category] + [rider.group] * bool(rider.group)
        shares = [Fraction(each.share_basis_points, 10_000) for each in fares.groups if each.group in names]
        price = _rounded(price * min([*shares, Fraction(1)]))
    if changes:
        price = max(Fraction(0), price - fares.transfer_minor)
    price += fares.luggage_minor * pieces
    if fares.day_cap_minor is not None:
        left = max(0, fares.day_cap_minor - rider.spent_minor)
        price = min(price, Fraction(left))
    return int(price)


def _rounded(price: Fraction) -> Fraction:
    """Half a unit up."""
    return Fraction(math.floor(price + Fraction(1, 2)))
