"""The app `practices`."""

from django.apps import AppConfig


class PracticesConfig(AppConfig):
    """National practices of sustainable land management, beside the catalogue of the field."""

    name = "landbalance.registry.practices"
    label = "practices"
