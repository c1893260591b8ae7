"""The app `web_projects`."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The pipeline of projects in the browser."""

    name = "landbalance.web.projects"
    label = "web_projects"
