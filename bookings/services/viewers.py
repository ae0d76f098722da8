"""Who may see an offer, an order or a ticket: its owner, or the browser session that made it; and who acts for them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404

from bookings.models import OrderTraveller

_SESSION_KEY = "viewer"


def allow(user: Any, permission: str, scope: str | None = None) -> None:
    """Who may not use something of staff does not learn that it is there. Raises Http404."""
    if not user.has_perm(permission, scope):
        raise Http404


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts in a person's name: staff who serve a caller, a delegate, or nobody (a standing order)."""

    user_id: int | None = None
    caller_id: int | None = None
    delegation_id: int | None = None
    occurrence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with an account, a guest's browser session, or both (who logged in after buying).

    Where somebody is `acting` for the person, what the person alone may use (saved cards) is not there.
    """

    user_id: int | None
    session_hash: str
    acting: Acting | None = None

    @property
    def principal(self) -> str:
        """The name under which idempotency keys of this viewer are kept apart from others'."""
        return f"user:{self.user_id}" if self.user_id else f"session:{self.session_hash}"

    def owns(self, prefix: str = "") -> Q:
        """The condition on rows with `owner` and `session_hash` (behind `prefix`, e.g. `order__`)."""
        mine = Q(pk__in=[])
        if self.user_id is not None:
            mine |= Q(**{f"{prefix}owner_id": self.user_id})
        if self.session_hash:
            mine |= Q(**{f"{prefix}session_hash": self.session_hash})
        return mine

    @property
    def is_delegate(self) -> bool:
        """Whether somebody who was allowed to orders for the person."""
        return self.acting is not None and self.acting.delegation_id is not None

    def owns_orders(self, prefix: str = "") -> Q:
        """The same for orders, with those that were made as a delegate, while the delegation lasts."""
        made = OrderTraveller.objects.filter(made_by_id=self.user_id, delegation__state="ACTIVE")
        delegated = Q(**{f"{prefix}pk__in": made.values("order")})
        return self.owns(prefix) | delegated if self.user_id is not None else self.owns(prefix)


def viewer_of(user: Any, session: MutableMapping[str, Any], *, begin: bool = False) -> Viewer:
    """The viewer behind a request's `user` and `session`.

    With `begin`, a guest's session gets a random key of its own, which survives the new session key of a log-in; only
    its hash is ever stored. Without, a session that has none owns nothing.
    """
    if begin and _SESSION_KEY not in session:
        session[_SESSION_KEY] = secrets.token_urlsafe(32)
    key = session.get(_SESSION_KEY, "")
    return Viewer(
        user_id=user.pk if user.is_authenticated else None,
        session_hash=hashlib.sha256(key.encode()).hexdigest() if key else "",
    )
