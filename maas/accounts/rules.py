"""Who may do what, on which object (library `rules`): asked as `request.user.has_perm(permission, object)`."""

from __future__ import annotations

from typing import Any

from rules.permissions import add_perm
from rules.predicates import predicate

from maas.accounts.models import Role


def _has_role(user: Any, kind: Role.Kind, scope: str = "") -> bool:
    return bool(user.is_authenticated and user.is_active and user.roles.filter(kind=kind, scope=scope).exists())


@predicate
def is_operator_staff(user: Any, operator_code: str | None) -> bool:
    """Works for this operator."""
    return bool(operator_code) and _has_role(user, Role.Kind.OPERATOR_STAFF, operator_code or "")


@predicate
def is_platform_staff(user: Any) -> bool:
    """Works for the platform."""
    return _has_role(user, Role.Kind.PLATFORM_STAFF)


add_perm("bookings.view_statement", is_operator_staff | is_platform_staff)
add_perm("bookings.note_payout", is_platform_staff)
