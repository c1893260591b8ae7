"""The app `recodes`."""

from django.apps import AppConfig


class RecodesConfig(AppConfig):
    """Recode polygons."""

    name = "landbalance.registry.recodes"
    label = "recodes"
