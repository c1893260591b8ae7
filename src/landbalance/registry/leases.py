"""Work that waits in the database for a worker: claimed with a lease, kept alive by a heartbeat, taken up when lost."""

import os
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import LandbalanceError
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

LEASE = timedelta(seconds=30)
BEAT_SECONDS = 5.0
TRIES = 3
BUSY = timedelta(seconds=15)  # how long work waits that finds its workspace held by somebody else


class Status(models.TextChoices):
    """Where a piece of work stands."""

    RECEIVING = "receiving", _("Being sent")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready to start")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OVER = (Status.FINISHED, Status.FAILED, Status.CANCELLED)


class Leased(models.Model):
    """A piece of work of a workspace. A worker that dies loses its lease, and another takes the work up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    error: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    progress: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens by itself."""
        return self.status in OVER

    @property
    def is_moving(self) -> bool:
        """Return whether it waits for a worker or is being worked on."""
        return self.status in (Status.QUEUED, Status.RUNNING)

    def fault(self) -> LandbalanceError | None:
        """Return what went wrong."""
        if not self.error:
            return None
        return LandbalanceError(self.error["template"], hint=self.error["hint"], **self.error["fields"])

    def set_fault(self, error: LandbalanceError) -> None:
        """Keep what went wrong."""
        plain = {key: value if isinstance(value, int | float) else str(value) for key, value in error.fields.items()}
        self.error = {"template": error.template, "hint": error.hint, "fields": plain}

    def end(self, status: str) -> None:
        """Let go of the work for good."""
        self.status, self.ended_at = status, timezone.now()
        self.worker, self.lease_until = "", None


Work = TypeVar("Work", bound=Leased)


class Worker(models.Model):
    """A process that does the work; seen lately if it is alive."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "runs"

    def __str__(self) -> str:
        return self.name


def claim(model: type[Work], worker: str) -> Work | None:
    """Take the oldest piece of work that waits or was lost; at most one at a time of a workspace.

    Parameters
    ----------
    model : type
        What kind of work.
    worker : str
        Who takes it.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = model._base_manager.all()
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        held = model._base_manager.filter(status=Status.RUNNING, lease_until__gt=now).values("workspace")
        waits = Q(status=Status.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
        lost = Q(status=Status.RUNNING, lease_until__lte=now)
        found = rows.filter(waits | lost).exclude(workspace__in=held).order_by("created_at").first()
        if found is None:
            return None
        found.tries += found.status == Status.QUEUED  # a worker that died is no fault of the work
        found.status, found.worker, found.lease_until = Status.RUNNING, worker, now + LEASE
        found.started_at = found.started_at or now
        found.save()
        return found


def free_of_the_dead(model: type[Work], host: str) -> None:
    """Let go at once of what workers of this machine held that are dead; nobody has to wait for their lease."""
    for row in model._base_manager.filter(status=Status.RUNNING, worker__startswith=f"{host}:"):
        if not _is_alive(int(row.worker.split(":")[1])):
            with transaction.atomic():
                now = model._base_manager.select_for_update().get(pk=row.pk)
                if now.worker == row.worker:
                    now.lease_until = timezone.now()
                    now.save(update_fields=("lease_until",))


def _is_alive(process: int) -> bool:
    """Return whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def beat(work: Leased, progress: dict[str, Any]) -> bool:
    """Hold on to a piece of work and tell how far it is; return False once it is no longer ours, or to be cancelled."""
    with transaction.atomic():
        row = type(work)._base_manager.select_for_update().filter(pk=work.pk).first()
        if row is None or row.worker != work.worker or row.status != Status.RUNNING or row.cancel_asked_at:
            return False
        row.lease_until, row.progress = timezone.now() + LEASE, progress
        row.save(update_fields=("lease_until", "progress"))
    return True


def is_wanted(work: Leased) -> bool:
    """Return whether a piece of work is still ours and nobody wants it to end; cheaper than a heartbeat."""
    mine = type(work)._base_manager.filter(pk=work.pk, worker=work.worker, status=Status.RUNNING)
    return bool(mine.filter(cancel_asked_at=None).exists())


def give_back(work: Leased, *, wait: timedelta | None = None, counts: bool = True) -> None:
    """Put a piece of work back into the queue."""
    work.status, work.worker, work.lease_until = Status.QUEUED, "", None
    work.not_before = timezone.now() + wait if wait else None
    work.tries -= 0 if counts else 1
    work.save()


def ask_to_cancel(work: Work, by: "User") -> None:
    """End a piece of work that waits, and tell the worker of one that runs to end it."""
    with transaction.atomic():
        row = type(work)._base_manager.select_for_update().get(pk=work.pk)
        if row.is_over:
            return
        row.cancel_asked_at = timezone.now()
        if row.status != Status.RUNNING:
            row.end(Status.CANCELLED)
        row.save()


def see(name: str) -> None:
    """Note that a worker is alive."""
    Worker.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})


def is_anybody_working() -> bool:
    """Return whether a worker was seen lately."""
    return Worker.objects.filter(seen_at__gt=timezone.now() - LEASE).exists()


def place_in_queue(work: Work) -> int:
    """Return how many pieces of work stand before this one."""
    return int(
        type(work)._base_manager.filter(status=Status.QUEUED, created_at__lt=work.created_at).count()
        + type(work)._base_manager.filter(status=Status.RUNNING).count()
    )
