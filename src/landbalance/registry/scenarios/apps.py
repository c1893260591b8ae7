"""The app `scenarios`."""

from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    """Scenarios of land use, and questions to the planner."""

    name = "landbalance.registry.scenarios"
    label = "scenarios"
