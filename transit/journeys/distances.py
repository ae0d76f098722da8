"""Distances as people read them."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.utils.translation import gettext

from transit.journeys.clocks import language


def distance_text(metres: int) -> str:
    """Tens of metres below one kilometre, then kilometres with one decimal."""
    if metres < 1000:
        return gettext("%(metres)d m") % {"metres": max(10, round(metres, -1))}
    return gettext("%(kilometres)s km") % {"kilometres": format_decimal(round(metres / 1000, 1), locale=language())}
