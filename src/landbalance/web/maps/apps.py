"""The app `web_maps`."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """Maps of runs."""

    name = "landbalance.web.maps"
    label = "web_maps"
