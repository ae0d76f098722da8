"""How a ride is ordered, in the terms of booking_rules.txt, which GOFS and the register share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from transit.models import Service
from transit.ondemand.rules import Rules


@dataclass(frozen=True, slots=True)
class Order:
    """`kind` 0 at once, 1 with minutes of notice, 2 until a time of an earlier day; None: not said by this kind."""

    kind: int
    notice_min: int | None
    last_day: int | None
    last_s: int | None
    start_day: int | None
    phone: str


def order_of(rules: Rules, service: Service) -> Order:
    """Where both a deadline and a notice hold, the deadline is the earlier one; the notice is said in words."""
    booking = rules.booking
    phone = booking.phone or service.booking_phone
    if booking.cutoff_days is not None and booking.cutoff_s is not None:
        return Order(2, None, booking.cutoff_days, booking.cutoff_s, booking.ahead_days, phone)
    if booking.notice_s:
        return Order(1, math.ceil(booking.notice_s / 60), None, None, booking.ahead_days, phone)
    return Order(0, None, None, None, None, phone)


def message_of(rules: Rules, language: str) -> str:
    """What else to know before one orders, in a language."""
    with override(language):
        said = []
        if rules.booking.cutoff_days is not None and rules.booking.notice_s:
            minutes = math.ceil(rules.booking.notice_s / 60)
            said.append(_("At least %(minutes)s minutes before the ride.") % {"minutes": minutes})
        if rules.exclusions:
            said.append(_("Not driven: %s.") % ", ".join(each.name for each in rules.exclusions))
        return " ".join(said)
