"""`manage.py feed_statistics`: what gtfs-kit counts in a timetable; see transit.accessibility.feed_statistics."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transit.accessibility import studies


class Command(BaseCommand):
    help = "Counts the newest version of a timetable: trips, kilometres, hours, speeds by line; as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The feed.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = studies.ask_feed(options["name"], timezone.now())
        except (studies.NoSuchFeed, studies.TooManyStudies) as error:
            raise CommandError(f"{options['name']} cannot be counted now: import it, or wait for others.") from error
        while study.state in ("WAITING", "RUNNING") and studies.run_next(timezone.now()):
            study.refresh_from_db()
        if study.state != "DONE":
            raise CommandError(study.fault or "Another study is under way. Try again when it has ended.")
        self.stdout.write(json.dumps(studies.answer(study), ensure_ascii=False, indent=1))
