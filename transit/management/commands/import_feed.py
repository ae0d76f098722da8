"""`manage.py import_feed`: see transit.feeds.imports."""

from typing import ClassVar

from transit.feeds.imports import import_feed
from transit.management.importing import ImportCommand


class Command(ImportCommand):
    importer = staticmethod(import_feed)
    help = "Imports a GTFS feed; publish_network then makes it answer."
    name_help = "The prefix of all its identifiers. Default: after the file."
    flags: ClassVar[dict[str, str]] = {"anyway": "Take it although more than 5 % of its trips cannot be used."}
