"""The app `projects`."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects on their way to money."""

    name = "landbalance.registry.projects"
    label = "projects"
