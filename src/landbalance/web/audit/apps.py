"""The app `web_audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, and everything to take away."""

    name = "landbalance.web.audit"
    label = "web_audit"
