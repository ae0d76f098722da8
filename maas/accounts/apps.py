"""The app of people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their roles."""

    name = "maas.accounts"
    label = "accounts"
