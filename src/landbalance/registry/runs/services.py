"""Ask for a run, start it, cancel it, show it to everybody; know the runs that others have made in the folder."""

import logging
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.core.parameters import profiles
from landbalance.engine.manifest import FINISHED, RUNS, read_manifest
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.layers.holds import check_in_use
from landbalance.registry.leases import Status, ask_to_cancel
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)


@transaction.atomic
def ask_for_run(
    actor: "User",
    workspace: Workspace,
    *,
    title: str = "",
    profile: str = "",
    language: str = "en",
    is_anew: bool = False,
    starts_itself: bool = False,
) -> Run:
    """Put a run into the queue: a worker checks the layers and estimates the cost, then a person starts it.

    Raises
    ------
    AccessError
        If the actor may not start runs.
    InputError
        If there is no such profile.
    RuleError
        If the workspace is no country, or a layer in use is of land of a people that has not given its consent.
    """
    require(actor, "runs.start", workspace)
    check_profile(profile)
    if workspace.kind != Workspace.Kind.COUNTRY:
        raise RuleError("{workspace} is no country: it has no runs of its own", workspace=workspace.title)
    check_in_use(workspace)
    run = Run.objects.create(
        workspace=workspace,
        created_by=actor,
        title=title[:120],
        profile=profile,
        language=language,
        is_anew=is_anew,
        starts_itself=starts_itself,
    )
    record(actor, "runs.asked", run.pk, workspace=workspace, profile=profile)
    return run


@transaction.atomic
def start_run(actor: "User", run: Run) -> Run:
    """Let a prepared run begin, or one that failed or was cancelled begin again.

    Raises
    ------
    AccessError
        If the actor may not start runs.
    RuleError
        If it is on its way already, or finished, or a layer in use waits for consent.
    """
    require(actor, "runs.start", run.workspace)
    row = Run.objects.select_for_update().get(pk=run.pk)
    if row.status not in (Status.READY, Status.FAILED, Status.CANCELLED):
        raise RuleError("this run is {status}", status=row.status, hint="ask for a new one")
    check_in_use(row.workspace)
    row.stage = Run.Stage.ASSESS
    row.begin_anew()
    row.save()
    shutil.rmtree(row.job, ignore_errors=True)
    record(actor, "runs.started", row.pk, workspace=row.workspace)
    return row


@transaction.atomic
def cancel_run(actor: "User", run: Run) -> None:
    """End a run; what it has computed is thrown away.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "runs.start", run.workspace)
    ask_to_cancel(run, actor)
    record(actor, "runs.cancelled", run.pk, workspace=run.workspace)


@transaction.atomic
def show_run(actor: "User", run: Run, *, is_shown: bool) -> None:
    """Show a finished run to everybody who may see the workspace, or to members alone.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is not finished.
    """
    require(actor, "runs.publish", run.workspace)
    if run.status != Status.FINISHED:
        raise RuleError("this run is {status}", status=run.status, hint="wait until it is finished")
    run.is_shown = is_shown
    run.save(update_fields=("is_shown",))
    record(actor, "runs.shown" if is_shown else "runs.hidden", run.pk, workspace=run.workspace)


def index_runs(workspace: Workspace) -> list[Run]:
    """Make a row for every finished run in the folder that has none (the command line makes some); return them.

    While a run is on its way nothing is done: its own row is about to be told its name.
    """
    folder = folder_of(workspace, settings.INSTALLATION) / RUNS
    names = {path.name for path in folder.glob("[!.]*/")} if folder.is_dir() else set()
    if not names or Run.objects.filter(workspace=workspace, status=Status.RUNNING).exists():
        return []
    known = set(Run.objects.filter(workspace=workspace).values_list("run_id", flat=True))
    found = []
    for name in sorted(names - known):
        try:
            manifest = read_manifest(folder / name)
        except LandbalanceError:
            continue
        if manifest.state == FINISHED:
            found.append(
                Run.objects.create(
                    workspace=workspace,
                    stage=Run.Stage.ASSESS,
                    status=Status.FINISHED,
                    profile=manifest.profile,
                    language=manifest.language,
                    run_id=manifest.run_id,
                    created_at=_moment(manifest.started),
                    started_at=_moment(manifest.started),
                    ended_at=_moment(manifest.finished),
                )
            )
    return found


def check_profile(name: str) -> None:
    """Refuse a profile that is none.

    Raises
    ------
    InputError
        If it is none.
    """
    if name and name not in profiles():
        raise InputError(
            "no profile is called {profile}", profile=name, hint="use one of {known}", known=", ".join(profiles())
        )


def _moment(text: str) -> datetime:
    """Return a time of a manifest."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return timezone.now()
