"""The app `star`."""

from django.apps import AppConfig


class StarConfig(AppConfig):
    """What-ifs of the GEF's allocation among countries."""

    name = "landbalance.registry.star"
    label = "star"
