"""The password is checked once per attempt, so that the time an answer takes does not tell whether a name is known."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """As allauth's, which checks the password of a known mail address twice."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """Return the person behind a name or address and a password, or None."""
        if address := credentials.pop("email", None):
            by_address = bool(filter_users_by_email(address, prefer_verified=True))
            credentials.pop("username", None)
            credentials["email" if by_address else "username"] = address
        return super().authenticate(request, **credentials)
