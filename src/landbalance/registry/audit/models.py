"""Acts kept for good: sign-in, submission, approval, export, deletion, consent; each row seals the one before."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models

from landbalance.registry.workspaces.models import Workspace


class AuditEvent(models.Model):
    """One act. Rows are only ever added."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    actor_name = models.CharField(max_length=150)
    workspace = models.ForeignKey(
        Workspace, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.act} {self.subject}"

    def computed_seal(self) -> str:
        """Return the digest of what the row says and of the seal before it."""
        said = {
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor_name,
            "workspace": self.detail.get("workspace", ""),
            "act": self.act,
            "subject": self.subject,
            "detail": self.detail,
            "previous": self.previous,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
