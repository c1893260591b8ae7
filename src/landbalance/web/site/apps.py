"""The app `web_site`."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """What every page shares."""

    name = "landbalance.web.site"
    label = "web_site"
