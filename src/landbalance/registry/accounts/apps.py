"""The app `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in."""

    name = "landbalance.registry.accounts"
    label = "accounts"
