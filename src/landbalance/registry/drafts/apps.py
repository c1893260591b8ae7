"""The app `drafts`."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """What is being written and not yet saved."""

    name = "landbalance.registry.drafts"
    label = "drafts"
