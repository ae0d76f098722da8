"""Operators of shared vehicles, speaking GBFS 3.0."""

from maas.sandbox.gbfs.app import create_app
from maas.sandbox.gbfs.fleet import Fleet, fleets_of, town_fleet

__all__ = ["Fleet", "create_app", "fleets_of", "town_fleet"]
