"""The app `comments`."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """What people say about a field of a record, what others answer, and whether it is settled."""

    name = "landbalance.registry.comments"
    label = "comments"
