"""The app `web_runs`."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Pages of runs."""

    name = "landbalance.web.runs"
    label = "web_runs"
