"""Read triggers, calls, bulletins and the atlas, as a person may."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db.models import QuerySet

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.engine.drought.analyses import ATLAS, BULLETIN
from landbalance.engine.drought.climate import FOLDER
from landbalance.engine.drought.monitor import trigger_rules
from landbalance.io.drought_atlas import Atlas, read_atlas
from landbalance.io.language import LANGUAGES
from landbalance.io.workspace import load_workspace
from landbalance.planning.triggers.rule import TriggerRule
from landbalance.registry.access import may
from landbalance.registry.drought.models import DroughtCall, DroughtTrigger, Subscription
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.records import find
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

KIND = "drought"
SHOWN = 240  # calls of a list


def triggers_of(actor: "Actor", workspace: Workspace) -> "QuerySet[DroughtTrigger]":
    """Return the triggers a person sees."""
    return DroughtTrigger.objects.for_user(actor).in_workspace(workspace).select_related("workspace")


def find_trigger(actor: "Actor", workspace: Workspace, code: str) -> DroughtTrigger:
    """Return one trigger a person sees.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    return find(DroughtTrigger, actor, workspace=workspace, code=code)


def calls_of(actor: "Actor", workspace: Workspace) -> "QuerySet[DroughtCall]":
    """Return the calls a person sees, the latest month first: members all of them, others those that are issued."""
    return DroughtCall.objects.for_user(actor).in_workspace(workspace).select_related("workspace", "issued_by")


def find_call(actor: "Actor", workspace: Workspace, code: str) -> DroughtCall:
    """Return one call a person sees.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    return find(DroughtCall, actor, workspace=workspace, code=code)


def issued_of(actor: "Actor", workspace: Workspace) -> "QuerySet[DroughtCall]":
    """Return the issued calls a person sees, the latest first."""
    return calls_of(actor, workspace).exclude(issued_at=None).order_by("-issued_at")


def job_of_call(call: DroughtCall) -> Job | None:
    """Return the latest work that found a call, where its maps still are."""
    rows = Job.objects.filter(workspace=call.workspace, kind=KIND, status=Status.FINISHED, answer__call=call.code)
    return next((job for job in rows.order_by("-created_at") if (job.out / ATLAS).is_dir()), None)


def find_atlas(actor: "Actor", workspace: Workspace, pk: Any = None) -> tuple[Job, Atlas]:
    """Return the maps of one piece of work, of the latest one if none is named.

    Members see all of them, others those of issued calls.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    rows = Job.objects.filter(workspace=workspace, kind=KIND, status=Status.FINISHED).order_by("-created_at")
    if not may(actor, "drought.work", workspace):
        rows = rows.filter(answer__call__in=list(issued_of(actor, workspace).values_list("code", flat=True)[:SHOWN]))
    for job in rows.filter(pk=pk) if pk else rows:
        if (job.out / ATLAS).is_dir():
            return job, read_atlas(job.out / ATLAS)
    raise NotFoundError("there is no map of drought", hint="bring the monitor up to date")


def bulletins_of(call: DroughtCall) -> dict[str, Path]:
    """Return the archived bulletins of a call by language."""
    folder = folder_of(call.workspace, settings.INSTALLATION) / FOLDER / "bulletins" / call.code
    paths = {language: folder / f"{BULLETIN}.{language}.html" for language in LANGUAGES}
    return {language: path for language, path in paths.items() if path.is_file()}


def rules_in_force(workspace: Workspace) -> tuple[tuple[TriggerRule, ...], str, LandbalanceError | None]:
    """Return the rules the monitor would use now, where they are from, and what is wrong with them."""
    try:
        rules, source = trigger_rules(load_workspace(folder_of(workspace, settings.INSTALLATION)), None)
    except LandbalanceError as error:
        return (), "", error
    return rules, source, None


def readers_of(workspace: Workspace) -> "QuerySet[Subscription]":
    """Return the readers bulletins go to."""
    return Subscription.objects.filter(workspace=workspace, ended_at=None).exclude(confirmed_at=None)


def page_of(job: Job, stem: str, language: str) -> dict[str, Any]:
    """Return a page that work has found, in a language of reports; English where it is none.

    Raises
    ------
    NotFoundError
        If its file is not there any more.
    """
    code = language.split("-")[0]
    path = job.out / f"{stem}.{code if code in LANGUAGES else 'en'}.json"
    if not path.is_file():
        raise NotFoundError("the page of {job} is not there any more", job=str(job), hint="ask for it again")
    return {**orjson.loads(path.read_bytes()), "file": path.with_suffix(".html").name}
