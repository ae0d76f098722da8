"""`manage.py network_graph`: what hangs on what in the network that answers; see transit.accessibility.connectivity."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from transit.accessibility import connectivity
from transit.accessibility.words import explained
from transit.network.current import NoNetwork, current_network


class Command(BaseCommand):
    help = "Stops that are cut off if a line closes, links without another way, islands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=["closing", "critical", "islands"])
        parser.add_argument("lines", nargs="*", metavar="FEED:ROUTE", help="closing: the lines that do not run.")
        parser.add_argument("--day", type=date.fromisoformat, required=True, help="2026-11-24")
        parser.add_argument("--out", help="The whole answer as JSON in a file; the words are shown all the same.")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, day = options["kind"], options["day"].toordinal()
        if (kind == "closing") != bool(options["lines"]):
            raise CommandError("Name the lines that close, and none for other questions.")
        try:
            network = current_network()
            asked = (network, day, options["lines"]) if options["lines"] else (network, day)
            found = getattr(connectivity, kind)(*asked)
        except NoNetwork as error:
            raise CommandError(str(error)) from error
        except connectivity.NoSuchLine as error:
            raise CommandError(f"These lines do not run on that day: {error}") from error
        if options["out"]:
            Path(options["out"]).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
        self.stdout.write("\n".join(explained(kind, found)))
