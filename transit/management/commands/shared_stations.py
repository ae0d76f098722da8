"""`manage.py shared_stations`: see transit.network.sharing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from transit.network.current import NoNetwork, current_network


class Command(BaseCommand):
    help = "Lists what was decided about the stations that feeds share, in the network that answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--joined", action="store_true", help="Only those that were joined.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            decisions = current_network().shared_stations
        except NoNetwork as error:
            raise CommandError(str(error)) from error
        for each in decisions:
            if each.joined or not options["joined"]:
                names = f"{each.first_id} {each.first_name} – {each.second_id} {each.second_name}"
                verdict = "joined" if each.joined else "apart"
                self.stdout.write(f"{verdict} {each.metres} m {each.similarity} % {names}: {each.reason}")
