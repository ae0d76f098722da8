"""The app's entry in Django's registry."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from transit.routing import emissions


class TransitConfig(AppConfig):
    """See the package's docstring."""

    name = "transit"

    def ready(self) -> None:
        """Takes over the region's figures of CO2."""
        try:
            emissions.adopt(settings.CO2_G_PER_KM)
        except ValueError as wrong:
            raise ImproperlyConfigured(f"CO2_G_PER_KM: {wrong}") from wrong
