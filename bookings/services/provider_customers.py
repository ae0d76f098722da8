"""Customers of providers, as these tell of them (TOMP customer). Nothing that is sold needs them; all is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from bookings.models import Provider, ProviderCustomer

READ_ONLY: Final = frozenset({"id"})


def create(provider: Provider, said: Mapping[str, Any], now: datetime) -> tuple[ProviderCustomer, bool]:
    """A customer by the provider's own name for them, and whether they are new. Who is known stays as they are."""
    defaults = {"said": dict(said), "created_at": now, "changed_at": now}
    return ProviderCustomer.objects.get_or_create(provider=provider, ref=said["id"], defaults=defaults)


def get(provider: Provider, ref: str) -> ProviderCustomer:
    """One of this provider's. Raises ProviderCustomer.DoesNotExist."""
    return ProviderCustomer.objects.get(provider=provider, ref=ref)


def change(provider: Provider, ref: str, patch: Mapping[str, Any], now: datetime) -> ProviderCustomer:
    """Change what is said of them (RFC 7396: null removes). Raises ProviderCustomer.DoesNotExist."""
    with transaction.atomic():
        row = ProviderCustomer.objects.select_for_update().get(provider=provider, ref=ref)
        row.said, row.changed_at = _merged(row.said, {**patch, "id": ref}), now
        row.save(update_fields=["said", "changed_at"])
    return row


def erase(provider: Provider, ref: str) -> None:
    """Forget them. Raises ProviderCustomer.DoesNotExist."""
    get(provider, ref).delete()


def _merged(old: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(old) if isinstance(old, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = _merged(kept.get(name), value)
    return kept
