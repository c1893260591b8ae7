"""The app `web_evidence`."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Files that show something."""

    name = "landbalance.web.evidence"
    label = "web_evidence"
