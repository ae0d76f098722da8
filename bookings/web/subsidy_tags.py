"""Template filters about subsidies."""

from __future__ import annotations

from django import template

from bookings.models import SubsidyClaim
from bookings.services import subsidies

register = template.Library()


@register.filter
def queue_place(claim: SubsidyClaim) -> int:
    """Which place a waiting claim has."""
    return subsidies.place_in_queue(claim)


@register.filter
def payer_name(payer: str) -> str:
    """A payer as the rules of its region call it."""
    return payer.partition("/")[2] or payer
