"""An operator of rides on demand that publishes GOFS 1.0 and answers its live queries, written from the schema."""

from maas.sandbox.gofs.app import create_app
from maas.sandbox.gofs.service import Service

__all__ = ["Service", "create_app"]
