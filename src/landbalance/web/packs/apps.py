"""The web app `packs`."""

from django.apps import AppConfig


class PacksWebConfig(AppConfig):
    """Pages of packs."""

    name = "landbalance.web.packs"
    label = "web_packs"
