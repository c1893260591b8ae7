"""The app `web_balance`."""

from django.apps import AppConfig


class BalanceConfig(AppConfig):
    """The balance, scenarios and plans in the browser."""

    name = "landbalance.web.balance"
    label = "web_balance"
