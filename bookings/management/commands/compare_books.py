"""`manage.py compare_books`: compare with operators and payment providers now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.services import comparison


class Command(BaseCommand):
    """Compare our books of the last days with those of operators and payment providers, and say what came of it."""

    help = "Compare our books of the last days with those of operators and payment providers."

    def handle(self, *args: Any, **options: Any) -> None:
        run = comparison.compare(timezone.now())
        for row in run.compared:
            self.stdout.write(f"{row['who']}: {row['rows']} rows" + (", one way" if row.get("one_way") else ""))
        for row in run.not_compared:
            self.stdout.write(f"{row['who']}: not compared ({row['why']})")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in sorted(run.figures.items())))
