"""How allauth behaves here: nobody signs up by themselves, people come by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from landbalance.registry.audit.services import record


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in with our rules and our audit trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up: accounts are made by invitation."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Note the sign-in."""
        record(user, "user.signed_in", user.username)
        return super().post_login(request, user, **kwargs)
