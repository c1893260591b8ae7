"""The app `web_consents`."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """Consents and their withdrawal."""

    name = "landbalance.web.consents"
    label = "web_consents"
