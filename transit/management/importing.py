"""What the commands that import have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.notices import FeedError
from transit.models import FeedVersion
from transit.remote.http import RemoteError


class ImportCommand(BaseCommand):
    """Imports from a path or an address with `importer`, and says what came in and what was wrong in it."""

    requires_system_checks = ()
    """They load every page of the site, of which an import shows none."""
    importer: ClassVar[Callable[..., FeedVersion]]
    """Reads a source under a name, at a time, with the flags. Raises FeedError, RemoteError."""
    name_help = ""
    flags: ClassVar[dict[str, str]] = {}
    """What else may be wished, and its help."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="A path or an https address.")
        parser.add_argument("--name", default="", help=self.name_help)
        for flag, text in self.flags.items():
            parser.add_argument(f"--{flag}", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = {flag: options[flag] for flag in self.flags}
        try:
            version = self.importer(options["source"], options["name"], timezone.now(), **wishes)
        except (FeedError, RemoteError) as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(f"{number} {what}" for what, number in version.summary.items())
        self.stdout.write(f"{version.interface.name}: {counts}")
        for notice in version.notices.order_by("severity", "file", "code"):
            where = f"{notice.file}:{notice.line}" if notice.line else notice.file
            self.stdout.write(f"  {notice.severity} {where} {notice.code}: {notice.count}")
