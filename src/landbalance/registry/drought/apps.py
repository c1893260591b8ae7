"""The app `drought`."""

from django.apps import AppConfig


class DroughtConfig(AppConfig):
    """Triggers, calls and readers of bulletins."""

    name = "landbalance.registry.drought"
    label = "drought"
