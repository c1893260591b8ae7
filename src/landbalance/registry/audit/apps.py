"""The app `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Acts, in a chain that shows tampering."""

    name = "landbalance.registry.audit"
    label = "audit"
