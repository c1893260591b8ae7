"""The app `web_recodes`."""

from django.apps import AppConfig


class RecodesConfig(AppConfig):
    """Pages of recode polygons."""

    name = "landbalance.web.recodes"
    label = "web_recodes"
