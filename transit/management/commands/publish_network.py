"""`manage.py publish_network`: see transit.network.publish."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.notices import FeedError
from transit.network.publish import publish_network


class Command(BaseCommand):
    help = "Builds a network from the newest versions of all feeds and streets, and lets it answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="What the network is called.")
        parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="Only these feeds and extracts.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            network = publish_network(options["name"], timezone.now(), options["only"])
        except FeedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{network} answers.")
