"""The person who signs in, and the tokens that let their programs in."""

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

OPERATOR = "operator"
TOKEN_BYTES = 32
if TYPE_CHECKING:
    from landbalance.registry.workspaces.models import Membership


class User(AbstractUser):
    """A person, or the local account of the command line."""

    memberships_read: "tuple[Membership, ...] | None" = None  # once a request; see registry.access

    language = models.CharField(max_length=8, blank=True)
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="accounts_email_once", condition=~models.Q(email="")),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry to be alive: it changes with the password and when sessions are ended."""
        said = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("landbalance.session", said, secret=secret, algorithm="sha256").hexdigest()


class ApiToken(models.Model):
    """A key for a program of a person: only its digest is kept."""

    SCOPES = ("read", "write", "run")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(key: str) -> str:
        """Return what is kept of a key."""
        return hashlib.sha256(key.encode()).hexdigest()

    @staticmethod
    def make_key() -> str:
        """Return a new key; it is shown once."""
        return f"lb_{secrets.token_urlsafe(TOKEN_BYTES)}"

    def is_valid(self) -> bool:
        """Return whether the token still lets anyone in."""
        return self.user.is_active and (self.expires_at is None or self.expires_at > timezone.now())


class KeptAnswer(models.Model):
    """The answer to a request that a program may send again under the same key; kept for a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)  # digest of the request
    status = models.PositiveSmallIntegerField(default=0)
    headers: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="kept_answer_once"),)

    def __str__(self) -> str:
        return self.key
