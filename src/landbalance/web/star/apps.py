"""The app `web_star`."""

from django.apps import AppConfig


class StarConfig(AppConfig):
    """The STAR desk in the browser."""

    name = "landbalance.web.star"
    label = "web_star"
