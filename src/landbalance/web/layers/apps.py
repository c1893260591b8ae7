"""The app `web_layers`."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    """Pages of layers."""

    name = "landbalance.web.layers"
    label = "web_layers"
