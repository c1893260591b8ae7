"""A run as the platform knows it: a row beside the folder that holds everything it found."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from landbalance.engine.manifest import MANIFEST, RUNS
from landbalance.engine.part import parts
from landbalance.engine.runs import Run as FinishedRun
from landbalance.engine.runs import open_run
from landbalance.registry.child_work import ChildWork
from landbalance.registry.leases import Status, Worker

__all__ = ["Run", "Worker"]
JOBS = ".jobs"
BEGUN = "begun"  # in the folder of a job whose assessment has been begun
DOES = {"prepare": "landbalance.engine.child:prepare", "assess": "landbalance.engine.child:compute"}


class Run(ChildWork):
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

    def task(self) -> dict[str, Any]:
        """Return what its child is told; a second try goes on from the first."""
        return {
            **self.shared_task(),
            "does": DOES[self.stage],
            "profile": self.profile or None,
            "language": self.language,
            "is_anew": self.is_anew and not (self.job / BEGUN).exists(),
        }

    def before_child(self) -> None:
        """Note that the assessment has begun."""
        if self.stage == Run.Stage.ASSESS:
            (self.job / BEGUN).touch()

    def take_answer(self, answer: Mapping[str, Any]) -> bool:
        """Keep what the check and the estimate say, or the name of the finished run."""
        if "run_id" in answer:
            self.run_id, self.is_new, self.progress = answer["run_id"], answer["is_new"], {}
            self.end(Status.FINISHED)
        elif "findings" in answer:
            self._prepared(answer)
        else:
            return False
        self.save()
        return True

    def leave_nothing(self) -> None:
        """Remove the part it worked on, and nothing that others have interrupted."""
        begun = self.started_at.timestamp() if self.started_at else 0.0
        known = {part.folder: part for part in parts(self.home)}
        for folder in (self.home / RUNS).glob(".*.part"):
            journal = known[folder].scratch / "journal" if folder in known else folder
            try:
                touched = journal.stat().st_mtime
            except OSError:
                continue
            if touched >= begun:
                rmtree(folder, ignore_errors=True)

    def _prepared(self, answer: Mapping[str, Any]) -> None:
        """Go on where a person wanted that and nothing stands against it."""
        self.findings, self.estimate, self.progress = answer["findings"], answer["estimate"], {}
        self.worker, self.lease_until, self.tries = "", None, 0
        goes_on = self.starts_itself and self.worst_finding != "error" and self.estimate.get("fits", False)
        self.stage = Run.Stage.ASSESS if goes_on else self.stage
        self.status = Status.QUEUED if goes_on else Status.READY
