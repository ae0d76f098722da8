"""Bars 21 and 22: hostile feeds and zips, and imports and publications that are killed while people search.

`python -m bars.feeds --short` is the form for the tests: one trial in ten, four points.
"""

from __future__ import annotations

import sys

import django

from bars.world import SCRATCH, server  # first: it sets the environment

django.setup()

from django.core.management import call_command  # noqa: E402

from bars import hostile, killing  # noqa: E402
from transit.models import Region  # noqa: E402


def main() -> bool:
    """Both bars; each leaves its line. Whether both are passed."""
    short = "--short" in sys.argv
    call_command("migrate", verbosity=0)
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    killing.publish_first(SCRATCH)
    with server() as site:
        passed = killing.bar_22(site, SCRATCH, 4 if short else killing.POINTS)
    hostile.publish_first(SCRATCH)
    with server() as site:
        return hostile.bar_21(site, SCRATCH, 10 if short else 1) and passed


if __name__ == "__main__":
    sys.exit(not main())
