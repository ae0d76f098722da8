"""`manage.py ticket_keys`: the public keys that scanners need; `--new` starts a new one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from bookings.services import ticket_keys


class Command(BaseCommand):
    """Print the public keys of tickets as a JSON Web Key Set."""

    help = "Print the public keys of tickets as a JSON Web Key Set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new key first; it signs from now on")

    def handle(self, *args: Any, new: bool, **options: Any) -> None:
        if new:
            ticket_keys.create(datetime.now(UTC))
        self.stdout.write(json.dumps(ticket_keys.to_jwks(ticket_keys.public_keys()), indent=2))
