"""The app `actions`."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Actions on the ground: what is done, where, with what money, and how far."""

    name = "landbalance.registry.actions"
    label = "actions"
