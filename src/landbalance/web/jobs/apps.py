"""The web app `jobs`."""

from django.apps import AppConfig


class JobsWebConfig(AppConfig):
    """Pages of jobs."""

    name = "landbalance.web.jobs"
    label = "web_jobs"
