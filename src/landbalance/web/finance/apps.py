"""The app `web_finance`."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """Finance for land in the browser."""

    name = "landbalance.web.finance"
    label = "web_finance"
