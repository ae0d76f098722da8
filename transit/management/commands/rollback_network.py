"""`manage.py rollback_network`: see transit.network.publish."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.feeds.notices import FeedError
from transit.network.publish import rollback_network


class Command(BaseCommand):
    help = "Lets the network before the present one answer again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            network = rollback_network(timezone.now())
        except FeedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{network} answers again.")
