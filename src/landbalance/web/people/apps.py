"""The app `web_people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Signing in, members and invitations."""

    name = "landbalance.web.people"
    label = "web_people"
