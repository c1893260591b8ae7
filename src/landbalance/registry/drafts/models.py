"""What a person is writing and has not saved: kept always, checked never."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from landbalance.registry.workspaces.models import Workspace


class Draft(models.Model):
    """The fields of one form, as they stand, of one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=80)
    subject = models.CharField(max_length=80, blank=True)
    values: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "workspace", "form", "subject"), name="draft_once"),)

    def __str__(self) -> str:
        return f"{self.form} {self.subject}".strip()
