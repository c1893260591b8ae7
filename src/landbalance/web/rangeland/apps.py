"""The app `web_rangeland`."""

from django.apps import AppConfig


class RangelandConfig(AppConfig):
    """The page on rangelands."""

    name = "landbalance.web.rangeland"
    label = "web_rangeland"
