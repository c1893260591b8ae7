"""The app `web_targets`."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Targets and actions in the browser."""

    name = "landbalance.web.targets"
    label = "web_targets"
