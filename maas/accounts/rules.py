"""Who may do what with money at a desk or on board. Found by the library `rules` when Django starts."""

from __future__ import annotations

from typing import Any

from rules.permissions import add_perm
from rules.predicates import predicate

_DESK = ("desk_agent", "platform_staff")


def is_desk(user: Any) -> bool:
    """Staff of a desk of the platform."""
    return bool(user.is_authenticated and user.roles.filter(kind__in=_DESK).exists())


def takes_cash_for(user: Any, operator_code: str | None = None) -> bool:
    """Drivers and staff of that operator; without one, of any."""
    if not user.is_authenticated:
        return False
    roles = user.roles.filter(kind__in=("driver", "operator_staff"))
    return bool((roles.filter(scope=operator_code) if operator_code is not None else roles.exclude(scope="")).exists())


def is_staff_of(user: Any, operator_code: str | None = None) -> bool:
    """Staff of that operator, or the provider that sells for it."""
    if not user.is_authenticated or not operator_code:
        return False
    return bool(user.roles.filter(kind__in=("operator_staff", "provider"), scope=operator_code).exists())


for _name, _rule in {
    "bookings.top_up_wallet": is_desk,
    "bookings.settle_bill": is_desk,
    "bookings.take_cash": takes_cash_for,
    "bookings.ring_up": is_desk,
    "bookings.manage_webhooks": is_staff_of,
}.items():
    add_perm(_name, predicate(_rule))  # type: ignore[no-untyped-call]
