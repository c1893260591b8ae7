"""The app `web_records`."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Drafts, history, review and the records put away."""

    name = "landbalance.web.records"
    label = "web_records"
