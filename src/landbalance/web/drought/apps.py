"""The app `web_drought`."""

from django.apps import AppConfig


class DroughtConfig(AppConfig):
    """Pages on drought."""

    name = "landbalance.web.drought"
    label = "web_drought"
