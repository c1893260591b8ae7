"""The app `layers`."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    """Layers and uploads."""

    name = "landbalance.registry.layers"
    label = "layers"
