"""The app `web_people`."""

from typing import Any

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Signing in, members and invitations."""

    name = "landbalance.web.people"
    label = "web_people"

    def ready(self) -> None:
        """Note changes of passwords and second factors in the audit trail."""
        from allauth.account.signals import password_changed, password_reset
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset

        acts = {
            "user.password_changed": password_changed,
            "user.password_reset": password_reset,
            "user.second_factor_added": authenticator_added,
            "user.second_factor_removed": authenticator_removed,
            "user.recovery_codes_made": authenticator_reset,
        }
        for act, signal in acts.items():
            signal.connect(_noting(act), dispatch_uid=act, weak=False)


def _noting(act: str) -> Any:
    """Return what notes an act of a person."""

    def note(user: Any, **_rest: Any) -> None:
        from landbalance.registry.audit.services import record

        record(user, act, user.username)

    return note
