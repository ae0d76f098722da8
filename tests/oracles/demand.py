"""What demand makes of a fare, in whole fractions and by counting up to it."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction


def change(busy: Fraction, discount: tuple[int, Fraction], surcharge: tuple[int, Fraction], *, exempt: bool) -> int:
    """Basis points: `discount` and `surcharge` are the most of it and where its scale begins."""
    most_off, below = discount
    most_on, above = surcharge
    if busy <= below:
        share = Fraction(1) if below == 0 else (below - busy) / below
        return -_whole_percents(most_off, share)
    if busy >= above and not exempt:
        share = Fraction(1) if above == 1 else (busy - above) / (1 - above)
        return _whole_percents(most_on, share)
    return 0


def fare(usual_minor: int, basis_points: int, cap_minor: int | None) -> int:
    """The fare with its change, in decimal arithmetic."""
    exact = Decimal(usual_minor) * (10_000 + basis_points) / 10_000
    rounded = max(0, int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
    if basis_points <= 0 or cap_minor is None:
        return rounded
    return max(usual_minor, min(rounded, cap_minor))


def _whole_percents(most: int, share: Fraction) -> int:
    if share == 1:
        return most
    percents = Decimal(most * share.numerator) / (share.denominator * 100)
    return int(percents.quantize(Decimal(1), rounding=ROUND_FLOOR)) * 100
