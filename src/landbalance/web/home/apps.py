"""The app `web_home`."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The first page and the dashboard of a workspace."""

    name = "landbalance.web.home"
    label = "web_home"
