"""Work that a worker lets a child process do: what the child is told, and what becomes of its answer."""

import os
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from landbalance.registry.leases import Leased, Status
from landbalance.registry.workspaces.services import folder_of

LOG = "log.txt"
TAIL_BYTES = 16_384


class ChildWork(Leased):
    """A piece of work for a child, which a worker and the child talk about through files of one folder."""

    has_database = False  # whether its child may open the database

    class Meta:
        abstract = True

    @property
    def home(self) -> Path:
        """Return the folder of its workspace."""
        return folder_of(self.workspace, settings.INSTALLATION)

    @property
    @abstractmethod
    def job(self) -> Path:
        """Return the folder a worker and its child talk through."""

    @abstractmethod
    def task(self) -> dict[str, Any]:
        """Return what its child is told; `shared_task` beside."""

    @abstractmethod
    def take_answer(self, answer: Mapping[str, Any]) -> bool:
        """Keep what the child has found, and save; return whether it was an answer."""

    @abstractmethod
    def leave_nothing(self) -> None:
        """Remove what was made so far, as nobody wants it."""

    def shared_task(self) -> dict[str, Any]:
        """Return what every child is told: where, with how many threads, and for whom."""
        workers = max(settings.INSTALLATION.table.workers, 1)
        return {
            "folder": str(self.home),
            "threads": max(1, (os.cpu_count() or 1) // workers),
            "scheduler": settings.INSTALLATION.table.scheduler,
            "parent": os.getpid(),
        }

    def before_child(self) -> None:
        """Get ready for a child that is about to begin."""

    def begin_anew(self) -> None:
        """Forget how the last try ended, and wait for a worker again; to be saved."""
        self.status, self.tries, self.error, self.progress = Status.QUEUED, 0, {}, {}
        self.cancel_asked_at = self.started_at = self.ended_at = self.not_before = None

    def share_done(self) -> float | None:
        """Return how much of the step in hand is done [1]; None while nothing can be said."""
        total = self.progress.get("total", 0)
        return min(1.0, self.progress.get("done", 0) / total) if total else None

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
            with (self.job / LOG).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - TAIL_BYTES))
                return file.read().decode("utf-8", errors="replace").splitlines()[-count:]
        except OSError:
            return []
