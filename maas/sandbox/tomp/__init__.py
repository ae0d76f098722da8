"""A transport operator that sells its trips by TOMP-API 2.0, written from the published schema.

Run it with any ASGI server (`create_app`), or call it without a socket through `Twin.handle`.
"""

from maas.sandbox.tomp.app import create_app
from maas.sandbox.tomp.faults import AnswerLost
from maas.sandbox.tomp.settings import Settings
from maas.sandbox.tomp.timetable import Timetable
from maas.sandbox.tomp.twin import Twin

__all__ = ["AnswerLost", "Settings", "Timetable", "Twin", "create_app"]
