"""`manage.py reseal`: see maas.resealing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bookings.services import customers
from maas import resealing
from maas.resealing import LOST


class Command(BaseCommand):
    """Seals everything under the newest key of MAAS_FIELD_KEYS, and says what each key still opens."""

    help = "Seals personal data and secrets under the newest key. Afterwards older keys can go. It can be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing: say what each key opens")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"{resealing.reseal_all()} values were sealed under the newest key.")
            self.stdout.write(f"{customers.reindex()} customers are found under the newest key.")
        found = resealing.counts()
        for column, by_key in found.items():
            under = ", ".join(f"{count} {_named(key)}" for key, count in sorted(by_key.items()))
            self.stdout.write(f"{column}: {under or 'empty'}")
        lost = sum(by_key[LOST] for by_key in found.values())
        older = sum(count for by_key in found.values() for key, count in by_key.items() if key > 0)
        if lost:
            raise CommandError(f"{lost} values are opened by no key. Put the key back under which they were sealed.")
        if older:
            raise CommandError(f"{older} values are under older keys: keep these keys, and run reseal (again).")
        if len(settings.FIELD_KEYS) > 1:
            self.stdout.write("Everything is under the newest key: the older keys can be removed.")


def _named(key: int) -> str:
    return "under no key" if key == LOST else "under the newest key" if key == 0 else f"under key {key + 1}"
