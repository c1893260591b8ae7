"""The app `web_practices`."""

from django.apps import AppConfig


class PracticesConfig(AppConfig):
    """The catalogue of practices, and those of a country."""

    name = "landbalance.web.practices"
    label = "web_practices"
