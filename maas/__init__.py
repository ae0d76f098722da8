"""Wiring and people: settings, addresses, errors, accounts, the sandbox and the demo."""

from maas.celery import app as celery_app

__all__ = ["celery_app"]
