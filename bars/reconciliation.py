"""Bar 20: the daily comparison finds every kind of drift by its name, and alarms nobody about clean orders.

A thousand orders are really sold, given back, let go and left unpaid over the same operators and payment provider; they
are compared; then single ones of them are damaged, in the rows, at the operators or at the provider. `--orders N` takes
another number, and says so.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import django

import tests.environment  # noqa: F401 - it sets the environment

os.environ["DJANGO_SETTINGS_MODULE"] = "maas.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bars.report import report  # noqa: E402
from bookings.models import Case  # noqa: E402
from tests.bookings.drift import DAMAGES, Street, hurt, missed, stock  # noqa: E402
from transit.remote import http  # noqa: E402

ORDERS = 1000
KINDS = 12
SEED = 2026


def main() -> bool:
    """Whether the bar is passed."""
    orders = int(sys.argv[sys.argv.index("--orders") + 1]) if "--orders" in sys.argv else ORDERS
    connection.creation.create_test_db(verbosity=0)
    with tempfile.TemporaryDirectory() as keys:
        settings.TICKET_KEYS_DIR = Path(keys)
        street = Street()
        http.call = street.wire
        chosen = stock(street, orders)
        began = time.perf_counter()
        first = street.compare()
        took_s = time.perf_counter() - began
        alarms = missed(first, {})
        before = Case.objects.exclude(subject="").count()
        hurt(street, chosen)
        wrong = missed(street.compare(), chosen)
    kinds = {damage.kind for damage in DAMAGES.values()}
    lost = {damage.kind for name, damage in DAMAGES.items() if f"{name}: no {damage.kind}" in wrong}
    part = f" of {ORDERS} orders" if orders != ORDERS else ""
    failures = [*alarms, *wrong, *([f"only {len(kinds)} kinds"] if len(kinds) < KINDS else [])]
    value = (
        f"{len(kinds - lost)} of {len(kinds)} kinds in {len(chosen)} damages, "
        f"{before + first.figures['found']} alarms on {orders}{part} clean orders, compared in {took_s:.1f} s"
    )
    return report(20, failures, value, f"{KINDS} kinds, 0 alarms on {ORDERS}", SEED)


if __name__ == "__main__":
    sys.exit(not main())
