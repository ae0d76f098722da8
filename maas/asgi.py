"""The ASGI application that gunicorn serves."""

import logging
import os
from datetime import UTC, datetime

import django
from django.db import Error

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup(set_prefix=False)

from maas import garbage  # noqa: E402  after Django is set up
from maas.handler import Handler  # noqa: E402
from transit import journeys  # noqa: E402

application = Handler()

try:
    # A process is ready when its first search is as quick as the others. It opens no port before that.
    journeys.warm(datetime.now(UTC))  # noqa: TID251
except (journeys.NoNetwork, Error) as reason:
    logging.getLogger(__name__).warning("no network to warm up with: %s", reason)

garbage.settle()
