#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from transit.management import ahead

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
    ahead.begin(sys.argv)
    execute_from_command_line(sys.argv)
