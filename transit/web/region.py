"""The region that the pages are for: its clock."""

from __future__ import annotations

from transit.models import Region


def timezone() -> str:
    """The IANA zone in which people write times. Without a region, UTC."""
    return Region.objects.order_by("pk").values_list("timezone", flat=True).first() or "UTC"
