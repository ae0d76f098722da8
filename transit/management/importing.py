"""What the commands that import have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.notices import FeedError
from transit.models import FeedVersion
from transit.remote.http import RemoteError


class Importer(Protocol):
    """Reads a source under a name, at a time. Raises FeedError, RemoteError."""

    def __call__(self, source: str, name: str, now: datetime) -> FeedVersion:
        """The version that was read."""


class ImportCommand(BaseCommand):
    """Imports from a path or an address with `importer`, and says what came in and what was wrong in it."""

    importer: ClassVar[Importer]
    name_help = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="A path or an https address.")
        parser.add_argument("--name", default="", help=self.name_help)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = self.importer(options["source"], options["name"], timezone.now())
        except (FeedError, RemoteError) as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(f"{number} {what}" for what, number in version.summary.items())
        self.stdout.write(f"{version.interface.name}: {counts}")
        for notice in version.notices.order_by("severity", "file", "code"):
            self.stdout.write(f"  {notice.severity} {notice.file} {notice.code}: {notice.count}")
