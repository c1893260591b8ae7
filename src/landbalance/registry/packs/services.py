"""Ask for packs and comparisons, take their layers into use, forget them."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.io import register
from landbalance.io.packs.carry import ENDING
from landbalance.io.packs.gate import hours_of, size_of
from landbalance.io.packs.start import boundary_of, layer_entries, zones_of
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.services import ask_for_job, cancel_job, try_again
from landbalance.registry.layers.models import ROOM
from landbalance.registry.layers.services import put_in_use
from landbalance.registry.leases import Status
from landbalance.registry.packs.queries import (
    Begun,
    Pack,
    archives_of,
    begun_of,
    choices_of,
    plan_of,
)
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

BUILD, EXPORT, IMPORT, COMPARE = "packs.build", "packs.export", "packs.import", "packs.compare"
KINDS = (BUILD, EXPORT, IMPORT, COMPARE)
CHUNK = 1 << 20
BOUNDARY, ZONES = "boundary", "zones"


def ask_for_pack(actor: "User", workspace: Workspace, asked: Mapping[str, Any]) -> Job:
    """Let a worker build a pack, or go on with one that was begun.

    Parameters
    ----------
    asked : mapping
        "iso3", "size", "years", "roles", "is_own", "has_fallback", "is_offline", "until", "between".

    Raises
    ------
    AccessError
        If the actor may not build packs.
    NotFoundError, InputError
        If there is no such country, or something asked makes no sense.
    RuleError
        If another pack of the country was begun and is not finished.
    """
    require(actor, BUILD, workspace)
    plan = plan_of(actor, workspace, asked)
    if asked.get("until"):
        size_of(asked["until"])
    if asked.get("between"):
        hours_of(asked["between"])
    wanted = {"iso3": plan.place.iso3, "size": plan.size, "years": asked.get("years", "")}
    for begun in begun_of(actor, workspace):
        stated = {key: begun.order.get(key) for key in wanted} | {"only": list(begun.order.get("only", ()))}
        if begun.order.get("iso3") == plan.place.iso3 and stated != wanted | {"only": list(asked.get("roles", ()))}:
            raise RuleError("{name} was begun as another pack", name=begun.name, hint="finish it, or throw it away")
    return ask_for_job(
        actor, workspace, BUILD, asked, title=f"{plan.place.iso3} {plan.size}", is_anew=not _open(workspace)
    )


def pause_pack(actor: "User", job: Job) -> None:
    """Let go of a build; what was fetched is kept, and the next one goes on from there.

    Raises
    ------
    AccessError
        If the actor may not build packs.
    """
    cancel_job(actor, job)


@transaction.atomic
def go_on(actor: "User", job: Job) -> Job:
    """Take up a build that was paused, reached its limit, or failed.

    Raises
    ------
    AccessError
        If the actor may not build packs.
    """
    if job.status == Status.FINISHED:
        return ask_for_job(actor, job.workspace, job.kind, job.options, title=job.title, is_anew=True)
    return try_again(actor, job)


def drop_begun(actor: "User", workspace: Workspace, begun: Begun) -> None:
    """Throw an unfinished pack away; what was fetched stays in the cache.

    Raises
    ------
    AccessError
        If the actor may not build packs.
    RuleError
        If it is being built.
    """
    require(actor, BUILD, workspace)
    if _open(workspace):
        raise RuleError("{name} is being built", name=begun.name, hint="pause it first")
    shutil.rmtree(begun.folder, ignore_errors=True)
    record(actor, "packs.dropped", begun.name, workspace=workspace)


def drop_pack(actor: "User", workspace: Workspace, pack: Pack) -> None:
    """Remove a pack that nothing is read from.

    Raises
    ------
    AccessError
        If the actor may not build packs.
    RuleError
        If layers in use or kept beside are read from it.
    """
    require(actor, BUILD, workspace)
    inside = (str(pack.folder), f"packs/{pack.name}/")
    for choice in choices_of(actor, workspace):
        if choice.place in ("used", "beside") and any(table.path.startswith(inside) for table in choice.tables):
            raise RuleError("{layer} is read from {name}", layer=choice.title, name=pack.name,
                            hint="put another layer in its place first")  # fmt: skip
    gone = pack.folder.with_name(f".gone-{uuid4().hex}")
    pack.folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    record(actor, "packs.removed", pack.name, workspace=workspace)


def ask_to_export(actor: "User", workspace: Workspace, pack: Pack) -> Job:
    """Let a worker write a pack as one file, without what may not be passed on.

    Raises
    ------
    AccessError
        If the actor may not carry packs out.
    """
    return ask_for_job(actor, workspace, EXPORT, {"pack": pack.name}, title=pack.name, is_anew=True)


def ask_to_import(actor: "User", workspace: Workspace, place: str) -> Job:
    """Let a worker take in a pack that lies in a folder of the server.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    NotFoundError
        If the list has no such place.
    """
    found = archives_of(actor, workspace).get(place)
    if found is None:
        raise NotFoundError("there is no file {place}", place=place[:200], hint="choose one of the list")
    return ask_for_job(actor, workspace, IMPORT, {"archive": str(found)}, title=found.name, is_anew=True)


def send_pack(actor: "User", workspace: Workspace, name: str, file: BinaryIO) -> Job:
    """Keep a pack that was sent, and let a worker take it in.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    InputError
        If it is not named as a pack is, or the disk is full.
    """
    require(actor, BUILD, workspace)
    if not name.lower().endswith(ENDING):
        raise InputError("{name} is no pack", name=name[:80], hint="its name ends with {ending}", ending=ENDING)
    target = folder_of(workspace, settings.INSTALLATION) / ROOM / f"{uuid4().hex}{ENDING}"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as out:
            shutil.copyfileobj(file, out, CHUNK)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise InputError("{name} cannot be kept ({why})", name=name[:80], why=error.strerror or error,
                         hint="ask the keeper of the server for space") from error  # fmt: skip
    return ask_for_archive(actor, workspace, target, name)


def ask_for_archive(actor: "User", workspace: Workspace, archive: Path, name: str) -> Job:
    """Let a worker take in a pack that was sent, and throw the file away.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    """
    options = {"archive": str(archive), "is_sent": True}
    return ask_for_job(actor, workspace, IMPORT, options, title=Path(name).name, is_anew=True)


@transaction.atomic
def take_layers(actor: "User", workspace: Workspace, pack: Pack, chosen: Collection[str]) -> int:
    """Let assessments read layers of a pack; those in use before are kept beside. Return how many were taken.

    Parameters
    ----------
    chosen : collection of str
        "role:source" of layers, "boundary", "zones".

    Raises
    ------
    AccessError
        If the actor may not register layers.
    InputError
        If a layer cannot be read.
    RuleError
        If nothing is chosen.
    """
    require(actor, "layers.edit", workspace)
    entries = [each for each in layer_entries(pack.folder, pack.said) if f"{each.role}:{each.source}" in chosen]
    boundary = boundary_of(pack.folder, pack.said) if BOUNDARY in chosen else None
    zones = zones_of(pack.folder, pack.said) if ZONES in chosen else ()
    if not (entries or boundary or zones):
        raise RuleError("no layer of {name} was chosen", name=pack.name, hint="choose at least one")
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # one after the other: they write one file
    folder = folder_of(workspace, settings.INSTALLATION)
    if boundary:
        register.set_file(folder, BOUNDARY, str(boundary))
    for zone in zones:
        register.add_zones(folder, zone)
    for entry in entries:
        put_in_use(actor, workspace, entry, is_checked=True)
    record(actor, "packs.taken", pack.name, workspace=workspace, chosen=sorted(chosen))
    return len(entries) + bool(boundary) + bool(zones)


def ask_for_difference(actor: "User", workspace: Workspace, first: str, second: str, year: int | None) -> Job:
    """Let a worker hold two layers of one role against each other.

    Parameters
    ----------
    first, second : str
        Keys of `choices_of`.
    year : int or None
        The latest that both have when None.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError, RuleError
        If there is no such layer, or they are for different things.
    """
    known = {choice.key: choice for choice in choices_of(actor, workspace)}
    pair = [known.get(key) for key in (first, second)]
    one, other = pair
    if one is None or other is None:
        raise NotFoundError("there is no layer {key}", key=(first if one is None else second)[:80],
                            hint="choose one of the list")  # fmt: skip
    if one.role != other.role or one.key == other.key:
        raise RuleError("{first} and {second} cannot be compared", first=one.title, second=other.title,
                        hint="choose two layers of one kind")  # fmt: skip
    tables = [[table.model_dump(mode="json", exclude_defaults=True) for table in each.tables] for each in (one, other)]
    options = {"tables": tables, "year": year, "keys": [first, second], "titles": [one.title, other.title],
               "places": [one.place, other.place], "role": one.role}  # fmt: skip
    return ask_for_job(actor, workspace, COMPARE, options, title=one.title)


def _open(workspace: Workspace) -> bool:
    """Return whether a pack of a workspace is being built or waits to be."""
    rows = Job.objects.filter(workspace=workspace, kind=BUILD)
    return bool(rows.filter(status__in=(Status.QUEUED, Status.RUNNING)).exists())
