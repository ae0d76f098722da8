"""Rides whose price is known only afterwards: the resident agrees to a ceiling, and pays what was used.

Only a card can be charged less than was authorised, and an authorisation lasts seven days: such a ride must be over,
and its operator must have told its price, before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from transit.money import Money

LATEST_RIDE: Final = timedelta(days=3)
"""How long before the ride an estimate may be agreed to; as long again has the operator to tell what was used."""


def ceiling_of(estimate: Money) -> Money:
    """A quarter above the estimate, rounded up: what residents are told as the most that it can cost."""
    return Money(-(-estimate.minor * 5 // 4), estimate.currency)
