"""The app `evidence`."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Files that show something."""

    name = "landbalance.registry.evidence"
    label = "evidence"
