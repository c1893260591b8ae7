"""A run as the platform knows it: a row beside the folder that holds everything it found."""

from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.engine.manifest import MANIFEST, RUNS
from landbalance.engine.runs import Run as FinishedRun
from landbalance.engine.runs import open_run
from landbalance.registry.leases import Leased, Status, Worker
from landbalance.registry.workspaces.services import folder_of

__all__ = ["Run", "Worker"]
JOBS = ".jobs"


class Run(Leased):
    """One assessment: first prepared (layers checked, cost estimated), then computed when a person says so."""

    class Stage(models.TextChoices):
        """What a worker does next."""

        PREPARE = "prepare", _("Checking and estimating")
        ASSESS = "assess", _("Assessing")

    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PREPARE)
    title = models.CharField(max_length=120, blank=True)
    profile = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_anew = models.BooleanField(default=False)
    starts_itself = models.BooleanField(default=False)
    findings: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    estimate: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    run_id = models.CharField(max_length=120, blank=True)
    is_new = models.BooleanField(default=True)
    is_shown = models.BooleanField(default=False, help_text=_("Shown to everybody who may see the workspace"))

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.title or self.run_id or str(self.pk)

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("runs:show", args=[self.workspace.slug, self.pk])

    @property
    def home(self) -> Path:
        """Return the folder of its workspace."""
        return folder_of(self.workspace, settings.INSTALLATION)

    @property
    def job(self) -> Path:
        """Return the folder a worker and its child talk through."""
        return self.home / RUNS / JOBS / str(self.pk)

    @property
    def has_result(self) -> bool:
        """Return whether it is finished and its folder is still there."""
        is_finished = self.status == Status.FINISHED and bool(self.run_id)
        return is_finished and (self.home / RUNS / self.run_id / MANIFEST).is_file()

    @cached_property
    def result(self) -> FinishedRun:
        """Return what the folder says.

        Raises
        ------
        NotFoundError
            If there is no finished run in it.
        """
        return open_run(self.home / RUNS / self.run_id)

    @property
    def worst_finding(self) -> str:
        """Return the most serious level of what the check found."""
        levels = {each["level"] for each in self.findings}
        return next((level for level in ("error", "warning") if level in levels), "ok")

    def seconds_left(self) -> float | None:
        """Return how long the step in hand will take yet; None while nothing can be said."""
        done, total = self.progress.get("done", 0), self.progress.get("total", 0)
        begun = self.progress.get("begun")
        if not done or not total or not begun:
            return None
        return float((timezone.now().timestamp() - begun) / done * (total - done))

    def log_lines(self, count: int = 60) -> list[str]:
        """Return the last lines of its log."""
        try:
            with (self.job / "log.txt").open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - 16_384))
                return file.read().decode("utf-8", errors="replace").splitlines()[-count:]
        except OSError:
            return []
