"""The app `consents`."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """What a community allows to be done with what it gives; free, prior and informed consent."""

    name = "landbalance.registry.consents"
    label = "consents"
