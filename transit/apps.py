"""The app's entry in Django's registry."""

from django.apps import AppConfig


class TransitConfig(AppConfig):
    """See the package's docstring."""

    name = "transit"
