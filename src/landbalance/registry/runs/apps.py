"""The app `runs`."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Runs and the workers that do them."""

    name = "landbalance.registry.runs"
    label = "runs"
