"""`manage.py publish_network`: see transit.network.publish."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.notices import FeedError
from transit.network.publish import publish_network


class Command(BaseCommand):
    requires_system_checks = ()
    """They load every page of the site, of which building a network shows none."""
    help = "Builds a network from the newest versions of all feeds and streets, and lets it answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="What the network is called.")
        parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="Only these feeds and extracts.")
        parser.add_argument(
            "--anyway", action="store_true", help="Although a feed lost half its departures or doubled them."
        )
        parser.add_argument(
            "--unattended", action="store_true", help="For timers: refuse a feed that has expired meanwhile."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            network = publish_network(
                options["name"], timezone.now(), options["only"], options["anyway"], options["unattended"]
            )
        except FeedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{network} answers.")
