"""A job: an analysis a person asked for, with its answer and a folder of products."""

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree
from typing import Any

from django.db import models

from landbalance.registry.child_work import ChildWork
from landbalance.registry.jobs.kinds import KINDS, Kind
from landbalance.registry.leases import Status

ROOM = ".jobs"
OUT = "out"


class Job(ChildWork):
    """One question to the worker. The same question about the same things has the same digest."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    options: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    answer: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    is_kept = models.BooleanField(default=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.title or str(self.rule.title)

    def get_absolute_url(self) -> str:
        """Return the address of the page that shows it."""
        from django.urls import reverse

        return reverse(self.rule.page, args=[self.workspace.slug, self.pk])

    @property
    def rule(self) -> Kind:
        """Return what its kind says."""
        return KINDS[self.kind]

    @property
    def has_database(self) -> bool:  # type: ignore[override]
        """Return whether its process may open the database."""
        return self.rule.has_database

    @property
    def job(self) -> Path:
        """Return the folder a worker and its child talk through."""
        return self.home / ROOM / str(self.pk)

    @property
    def out(self) -> Path:
        """Return the folder of its products."""
        return self.job / OUT

    @property
    def products(self) -> tuple[str, ...]:
        """Return the names of the files that can be fetched."""
        return tuple(self.answer.get("products", ())) if self.is_finished else ()

    @property
    def is_finished(self) -> bool:
        """Return whether there is an answer."""
        return self.status == Status.FINISHED

    def task(self) -> dict[str, Any]:
        """Return what its child is told."""
        told = {"does": self.rule.does, "options": self.options, "out": str(self.out)}
        return {**self.shared_task(), **told, "memory_bytes": self.rule.memory_bytes}

    def before_child(self) -> None:
        """Remove what an earlier try has left."""
        self.leave_nothing()

    def take_answer(self, answer: Mapping[str, Any]) -> bool:
        """Keep what the child has found."""
        if not answer:
            return False
        self.answer, self.progress = dict(answer), {}
        self.end(Status.FINISHED)
        self.save()
        return True

    def leave_nothing(self) -> None:
        """Remove its products."""
        rmtree(self.out, ignore_errors=True)
