"""The app `web_api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API, and the page that tells of it."""

    name = "landbalance.web.api"
    label = "web_api"
