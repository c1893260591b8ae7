"""The app `targets`."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Targets: what the country promises, where, by when, and how far it is."""

    name = "landbalance.registry.targets"
    label = "targets"
