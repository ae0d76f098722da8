"""`manage.py import_streets`: see transit.feeds.imports."""

from transit.feeds.imports import import_streets
from transit.management.importing import ImportCommand


class Command(ImportCommand):
    importer = staticmethod(import_streets)
    help = "Imports an OpenStreetMap extract; publish_network then makes it answer."
    name_help = "What it is called. Default: after the file."
