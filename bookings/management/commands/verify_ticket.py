"""`manage.py verify_ticket`: check a ticket without a network, as an inspector's device would."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zxingcpp
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from bookings.services import ticket_keys, ticketing

_IMAGES = {".png", ".jpg", ".jpeg", ".webp"}


class Command(BaseCommand):
    """Check a ticket offline: signature, operator and time. Cancellations are not known offline."""

    help = "Check a ticket offline: signature, operator and time. Cancellations are not known offline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ticket", help="the text of the code, or an image of it (PNG, JPEG)")
        parser.add_argument("--keys", type=Path, help="a JSON Web Key Set made by `ticket_keys` (default: ours)")
        parser.add_argument("--operator", help="refuse tickets of other operators")
        parser.add_argument("--now", type=datetime.fromisoformat, help="check for this instant (RFC 3339 with offset)")

    def handle(self, *args: Any, ticket: str, **options: Any) -> None:
        token = _read_code(Path(ticket)) if Path(ticket).suffix.lower() in _IMAGES else ticket.strip()
        keys = _read_keys(options["keys"]) if options["keys"] else ticket_keys.public_keys()
        now = options["now"] or datetime.now(UTC)
        if now.tzinfo is None:
            raise CommandError("--now needs an offset, e.g. 2026-11-23T09:00:00+02:00")
        try:
            claims = ticketing.verify(token, keys, now, options["operator"])
        except ticketing.TicketError as refused:
            raise CommandError(f"REFUSED: {refused.code}") from refused
        self.stdout.write(f"VALID {claims.serial}: {claims.product}, {claims.category}, {claims.operator_code}")
        for leg in claims.legs:
            self.stdout.write(f"  {leg.line}  {leg.start} → {leg.end}  {leg.service_date} {leg.departs}")
        self.stdout.write(f"  {claims.valid_from_at.isoformat()} … {claims.valid_until_at.isoformat()}")


def _read_code(path: Path) -> str:
    """The text of the one QR code in an image."""
    try:
        only_qr = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
        codes = zxingcpp.read_barcodes(Image.open(path), formats=only_qr)
    except OSError as wrong:
        raise CommandError(f"no image can be read from {path}") from wrong
    if len(codes) != 1:
        raise CommandError(f"{path} shows {len(codes)} QR codes, not one")
    return str(codes[0].text)


def _read_keys(path: Path) -> ticket_keys.PublicKeys:
    try:
        return ticket_keys.of_jwks(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError) as wrong:
        raise CommandError(f"no JSON Web Key Set can be read from {path}: {wrong}") from wrong
