"""The settings of a bar's processes: those of production, but for calls to others on this machine. Import it first.

Those calls need DEBUG, which also notes every statement and looks for static files at every request. Here it is on for
the one client of outgoing calls, and for nothing else.
"""

from __future__ import annotations

from types import SimpleNamespace

import django
from django.conf import settings

django.setup(set_prefix=False)

from transit.remote import http  # noqa: E402  after Django is set up

http.settings = SimpleNamespace(  # type: ignore[assignment, attr-defined]
    DEBUG=True, ALLOWED_LOOPBACK_ORIGINS=settings.ALLOWED_LOOPBACK_ORIGINS
)
settings.DEBUG = False
