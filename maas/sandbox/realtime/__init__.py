"""What operators of the outside world say now: GTFS-Realtime for every feed."""

from maas.sandbox.realtime.app import create_app
from maas.sandbox.realtime.control import Control

__all__ = ["Control", "create_app"]
