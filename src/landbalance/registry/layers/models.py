"""A file on its way in, and layers that are registered but not in use."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.registry.leases import Leased, Status
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

ROOM = ".uploads"


class Upload(Leased):
    """A file that is being sent, then read by the quarantined child, then registered by a person."""

    name = models.CharField(max_length=120)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    crs = models.CharField(max_length=40, blank=True)
    report: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    made = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("layers:upload", args=[self.workspace.slug, self.pk])

    @property
    def home(self) -> Path:
        """Return the folder of its workspace."""
        return folder_of(self.workspace, settings.INSTALLATION)

    @property
    def part(self) -> Path:
        """Return where the bytes that have come are kept."""
        return self.home / ROOM / f"{self.pk}.part"

    @property
    def made_path(self) -> Path:
        """Return the file that was made of it."""
        return self.home / "data" / self.made

    @property
    def share(self) -> float:
        """Return how much has come."""
        return self.received_bytes / self.size_bytes if self.size_bytes else 1.0

    @property
    def is_raster(self) -> bool:
        """Return whether it holds a raster."""
        return bool(self.report.get("kind") == "raster")

    @property
    def is_registered(self) -> bool:
        """Return whether it has become a layer."""
        return self.status == Status.FINISHED


class StoredLayer(models.Model):
    """A layer kept beside the one in use: the tables of `landbalance.toml` it would have."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=60)
    title = models.CharField(_("Title"), max_length=200, blank=True)
    tables: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    stored_at = models.DateTimeField(default=timezone.now)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("role", "-stored_at")

    def __str__(self) -> str:
        return self.title or self.role
