"""The app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Analyses that workers do."""

    name = "landbalance.registry.jobs"
    label = "jobs"
