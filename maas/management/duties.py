"""The duties that a demo's region states: of no law, so that there is something to see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from transit.models import Duty, Region, Supervision
from transit.register import supervision
from transit.register.contents import KINDS

LEGAL_BASIS: Final = "Made up for trying out: no law"
_DUE: Final = {1: timedelta(days=-30), 3: timedelta(days=60)}
"""By level, from the first start of the demo on: data are owed already, sales soon."""


def state_duties(region: Region, now: datetime) -> None:
    """Every kind owes data and sales. May be repeated: what is stated stays."""
    Supervision.objects.get_or_create(region=region, defaults={"authority": f"{region.name} Council"})
    today = supervision.today(region, now)
    for kind in KINDS:
        for level, days in _DUE.items():
            Duty.objects.get_or_create(
                region=region,
                operator=None,
                kind=kind,
                level=level,
                withdrawn_at=None,
                defaults={"due_on": today + days, "legal_basis": LEGAL_BASIS, "set_at": now},
            )
