"""`manage.py import_streets`: see transit.feeds.imports."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.imports import import_streets
from transit.feeds.notices import FeedError
from transit.remote.http import RemoteError


class Command(BaseCommand):
    help = "Imports an OpenStreetMap extract; publish_network then makes it answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="A path or an https address.")
        parser.add_argument("--name", default="", help="What it is called. Default: after the file.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = import_streets(options["source"], options["name"], timezone.now())
        except (FeedError, RemoteError) as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(f"{number} {what}" for what, number in version.summary.items())
        self.stdout.write(f"{version.interface.name}: {counts}")
        for notice in version.notices.order_by("severity", "file", "code"):
            self.stdout.write(f"  {notice.severity} {notice.file} {notice.code}: {notice.count}")
