"""The app's entry in Django's registry."""

from django.apps import AppConfig


class MaasConfig(AppConfig):
    """See the package's docstring."""

    name = "maas"
