"""Third-party providers: companies that sell hosted operators' rides to customers of their own, once they are licensed.

Whoever fulfils the conditions is licensed; an officer checks that, and can suspend whoever does not any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from bookings.models import Provider
from bookings.states import PROVIDER

LICENSE: Final = "bookings.license_provider"
DECISIONS: Final = {"license": "LICENSED", "refuse": "REFUSED", "suspend": "SUSPENDED", "end": "ENDED"}


class ProviderError(Exception):
    """`code`: not_possible (in its state), facts_missing, licence_over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Licence:
    """What an officer has checked. Without `until` it has no end."""

    business_id: str
    licence_no: str
    until: date | None = None


def apply(user: Any, name: str, now: datetime) -> Provider:
    """A company wants to sell; the same again where it is known."""
    return Provider.objects.get_or_create(user=user, defaults={"name": name, "applied_at": now})[0]


def find(user: Any) -> Provider | None:
    """The provider whose system this is."""
    return Provider.objects.filter(user=user).first()


def list_all() -> list[Provider]:
    """Every provider, those that wait for a decision first."""
    rows = Provider.objects.select_related("user").prefetch_related("events")
    return sorted(rows.order_by("name", "pk"), key=lambda each: each.state != "APPLIED")


def may_sell(provider: Provider, now: datetime) -> bool:
    """Whether its licence holds."""
    until = provider.licensed_until
    return provider.state == "LICENSED" and (until is None or now.date() <= until)


def may_unwind(provider: Provider, now: datetime) -> bool:
    """Whether it has, or had, a licence: what it has sold can be looked up, given back and ridden also afterwards."""
    return provider.state in {"LICENSED", "SUSPENDED", "ENDED"}


def decide(code: str, decision: str, by: Any, now: datetime, *, licence: Licence | None = None, why: str = "") -> None:
    """An officer licenses, refuses, suspends or ends. Raises ProviderError and Provider.DoesNotExist."""
    new = DECISIONS[decision]
    with transaction.atomic():
        row = Provider.objects.select_for_update().get(code=code)
        if not PROVIDER.allows(row.state, new):
            raise ProviderError("not_possible")
        if new == "LICENSED":
            _note(row, licence, now)
        fields = ["business_id", "licence_no", "licensed_until"]
        PROVIDER.move(row, new, fields=fields, by=by.pk, why=why, at=now.isoformat(timespec="seconds"))


def _note(row: Provider, licence: Licence | None, now: datetime) -> None:
    if licence is None or not (licence.business_id and licence.licence_no):
        raise ProviderError("facts_missing")
    if licence.until is not None and licence.until < now.date():
        raise ProviderError("licence_over")
    row.business_id, row.licence_no, row.licensed_until = licence.business_id, licence.licence_no, licence.until
