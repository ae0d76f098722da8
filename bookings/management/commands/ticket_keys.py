"""`manage.py ticket_keys`: the public keys that scanners need, and the lives of the keys."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bookings.services import ticket_keys, ticketing


class Command(BaseCommand):
    """Print the public keys of tickets as a JSON Web Key Set."""

    help = "Print the public keys of tickets as a JSON Web Key Set. The schedule turns them by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--turn", action="store_true", help="do now what the schedule asks for, and say what")
        choice.add_argument(
            "--new",
            action="store_true",
            help=f"make a key that signs in {ticket_keys.LEAD.days} days, when devices know it",
        )
        choice.add_argument("--withdraw", metavar="KID", help="somebody else may have this key: trust it no more")
        choice.add_argument("--lives", action="store_true", help="say of every key from when it signs")

    def handle(self, *args: Any, turn: bool, new: bool, withdraw: str | None, lives: bool, **options: Any) -> None:
        now = datetime.now(UTC)
        if turn:
            for line in ticketing.turn_keys(now):
                self.stdout.write(line)
        elif withdraw:
            self._withdraw(withdraw, now)
        elif lives:
            for kid, signs_from, state in ticket_keys.list_lives(now):
                self.stdout.write(f"{kid}  signs from {signs_from:%Y-%m-%d %H:%M} UTC  {state}")
        else:
            if new:
                ticket_keys.create(now + ticket_keys.LEAD)
            self.stdout.write(json.dumps(ticket_keys.to_jwks(ticket_keys.public_keys()), indent=2))

    def _withdraw(self, kid: str, now: datetime) -> None:
        try:
            count = ticketing.withdraw_key(kid, now)
        except FileNotFoundError:
            raise CommandError(f"there is no key {kid}; --lives names them") from None
        self.stdout.write(f"withdrawn {kid}; {count} tickets have new signatures. Devices learn of it when they sync.")
