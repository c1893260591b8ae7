"""The app `finance`."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """The ledger of finance for land."""

    name = "landbalance.registry.finance"
    label = "finance"
