"""Receive a file in parts, let the quarantined child read it, register it, and choose between layers of one role."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.db import transaction

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.io import register
from landbalance.io.layer_entries import expand_path
from landbalance.io.parts import write_part
from landbalance.io.quarantine import ENDINGS, ingest, safe_name
from landbalance.io.workspace_file import FILE_NAME, LayerTable, read_workspace_file
from landbalance.registry.access import may, require
from landbalance.registry.audit.services import record
from landbalance.registry.layers.holds import check_areas, check_layer
from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.leases import OVER, Status
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
MOST_OPEN = 20
SPARE = 3  # times its size that must be free: as it was sent, as it is made, and air
VECTOR_ROLES = ("boundary", "coast", "zones")


@transaction.atomic
def begin_upload(actor: "User", workspace: Workspace, *, name: str, size_bytes: int, crs: str = "") -> Upload:
    """Make room for a file.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    InputError, RuleError
        If it is too large, of no kind that is read, the disk too full, or too many others are under way.
    """
    require(actor, "layers.edit", workspace)
    most = settings.INSTALLATION.table.max_upload_mb << 20
    if not 0 < size_bytes <= most:
        raise InputError(
            "{name} has {size:.1f} MB; at most {most} are taken",
            name=name[:80], size=size_bytes / 2**20, most=most >> 20,
            hint="put it into the folder incoming of the server, and register it from there",
        )  # fmt: skip
    endings = {*ENDINGS["raster"], *ENDINGS["vector"]}
    if Path(name).suffix.lower() not in endings:
        raise InputError(
            "{name} is no map that is read",
            name=name[:80],
            hint="give one of {known}",
            known=", ".join(sorted(endings)),
        )
    home = folder_of(workspace, settings.INSTALLATION)
    if shutil.disk_usage(home).free < SPARE * size_bytes:
        raise RuleError("the disk of the server is too full for {name}", name=name[:80], hint="ask its keeper")
    if Upload.objects.filter(workspace=workspace).exclude(status__in=OVER).count() >= MOST_OPEN:
        raise RuleError("{count} uploads are under way", count=MOST_OPEN, hint="register or drop some first")
    upload = Upload.objects.create(
        workspace=workspace, created_by=actor, status=Status.RECEIVING,
        name=safe_name(name), size_bytes=size_bytes, crs=crs.strip(),
    )  # fmt: skip
    upload.part.parent.mkdir(parents=True, exist_ok=True)
    upload.part.touch(exist_ok=False)
    record(actor, "layers.upload_begun", upload.pk, workspace=workspace, name=upload.name)
    return upload


def receive(actor: "User", upload: Upload, offset: int, source: BinaryIO, length: int, digest: str = "") -> Upload:
    """Take the next bytes of a file; when all have come, it waits for a worker.

    The bytes are written before the database is asked to wait: a slow line holds up nobody else.

    Parameters
    ----------
    actor, upload
        Who, and what.
    offset : int
        Where the bytes belong; they are refused unless they follow what has come.
    source : file
        Read up to `length` bytes.
    length : int
        How many are announced.
    digest : str
        Their checksum, as `landbalance.io.parts.write_part` takes it.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    InputError, RuleError
        If they do not follow, are more than were announced, were changed on their way, or cannot be kept.
    """
    require(actor, "layers.edit", upload.workspace)
    _check_follows(upload, offset, length)
    came = write_part(upload.part, offset, source, length, digest)
    with transaction.atomic():
        row = Upload.objects.select_for_update().select_related("workspace").get(pk=upload.pk)
        _check_follows(row, offset, came)
        row.received_bytes = offset + came
        if row.received_bytes == row.size_bytes:
            row.status = Status.QUEUED
        row.save()
    return row


def _check_follows(upload: Upload, offset: int, length: int) -> None:
    """Refuse bytes that do not follow what has come."""
    fits = offset == upload.received_bytes and offset + length <= upload.size_bytes
    if upload.status != Status.RECEIVING or not fits:
        raise RuleError(
            "byte {offset} of {name} does not follow byte {have}",
            offset=offset, name=upload.name, have=upload.received_bytes, hint="go on from there",
        )  # fmt: skip


@transaction.atomic
def drop_upload(actor: "User", upload: Upload) -> None:
    """Forget a file that is not registered, and what was made of it.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    RuleError
        If it is registered.
    """
    require(actor, "layers.edit", upload.workspace)
    if upload.is_registered:
        raise RuleError("{name} is registered", name=upload.name, hint="register another layer in its place")
    upload.part.unlink(missing_ok=True)
    if upload.made:
        upload.made_path.unlink(missing_ok=True)
    upload.end(Status.CANCELLED)
    upload.save()
    record(actor, "layers.upload_dropped", upload.pk, workspace=upload.workspace)


def take_in(upload: Upload, is_wanted: Callable[[], bool]) -> None:
    """Let the quarantined child read a file that has come whole; called by a worker."""
    try:
        made = ingest(upload.part, upload.home / "data", name=upload.name, crs=upload.crs, is_wanted=is_wanted)
    except LandbalanceError as error:
        upload.set_fault(error)
        upload.end(Status.FAILED)
        upload.part.unlink(missing_ok=True)
    else:
        upload.report = {"kind": made.kind, "notes": list(made.notes), "facts": dict(made.facts), "sha256": made.sha256}
        upload.made, upload.status, upload.worker, upload.lease_until = made.path.name, Status.READY, "", None
        upload.part.unlink(missing_ok=True)
    upload.save()
    log.info("upload %s: %s", upload.pk, upload.status)


@transaction.atomic
def register_upload(actor: "User", upload: Upload, *, is_used: bool, **fields: Any) -> str:
    """Make a layer, boundary or zones of a file that was sent; return the role.

    Parameters
    ----------
    actor, upload
        Who, and what.
    is_used : bool
        Whether assessments use it from now on; what they used before is kept beside. Else it is kept beside itself.
    **fields : object
        `role`, and what the table of a layer has; for zones `zone_id`, `title`, `name_field`.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    RuleError, InputError
        If it is not ready, or cannot be used as what it is said to be.
    """
    require(actor, "layers.edit", upload.workspace)
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if row.status != Status.READY:
        raise RuleError("{name} is {status}", name=row.name, status=row.status, hint="wait until it has been read")
    role = str(fields["role"])
    if row.is_raster:
        register_file(actor, row.workspace, str(row.made_path), is_used=is_used, **fields)
    else:
        _register_areas(row, role, fields)
    row.end(Status.FINISHED)
    row.save()
    record(actor, "layers.registered", row.pk, workspace=row.workspace, role=role, name=row.made)
    return role


@transaction.atomic
def register_file(actor: "User", workspace: Workspace, path: str, *, is_used: bool, **fields: Any) -> None:
    """Make a layer of a raster of the server, where it is.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    InputError
        If it cannot be used as what it is said to be.
    RuleError
        If it is to be used and is of land of a people that has not given its consent.
    """
    require(actor, "layers.edit", workspace)
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # one after the other: they write one file
    folder = folder_of(workspace, settings.INSTALLATION)
    entry = register.layer_entry(path=path, **fields)
    register.read_layer(folder, entry)
    if is_used:
        put_in_use(actor, workspace, entry)
    else:
        _store(actor, workspace, [entry])
    record(actor, "layers.registered", Path(path).name, workspace=workspace, role=entry.role)


def put_in_use(actor: "User", workspace: Workspace, entry: LayerTable, *, is_checked: bool = False) -> None:
    """Let assessments use a layer; the one in use is kept beside. Whoever calls holds the row of the workspace.

    Parameters
    ----------
    actor, workspace, entry
        Who, where, and what.
    is_checked : bool
        Whether the checksum in the table is known to be right.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    folder = folder_of(workspace, settings.INSTALLATION)
    check_layer(workspace, register.read_layer(folder, entry))
    _store_used(actor, workspace, folder, entry.role)
    register.add_layer(folder, entry, replace=True, is_checked=is_checked)


@transaction.atomic
def use_stored(actor: "User", stored: StoredLayer) -> None:
    """Let assessments use a layer that was kept beside; the one in use is kept beside instead.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    InputError
        If it cannot be read any more.
    RuleError
        If it is of land of a people that has not given its consent.
    """
    require(actor, "layers.edit", stored.workspace)
    Workspace.objects.select_for_update().get(pk=stored.workspace.pk)
    folder = folder_of(stored.workspace, settings.INSTALLATION)
    entries = [LayerTable.model_validate(table) for table in stored.tables]
    for entry in entries:
        check_layer(stored.workspace, register.read_layer(folder, entry))
    _store_used(actor, stored.workspace, folder, stored.role)
    for number, entry in enumerate(entries):
        register.add_layer(folder, entry, replace=number == 0)
    record(actor, "layers.exchanged", stored.pk, workspace=stored.workspace, role=stored.role)
    stored.delete()


def _store_used(actor: "User", workspace: Workspace, folder: Path, role: str) -> None:
    """Keep the layer that is in use for a role beside."""
    tables = [table for table in read_workspace_file(folder / FILE_NAME).layer if table.role == role]
    absolute = [table.model_copy(update={"path": expand_path(table.path, folder)}) for table in tables]
    if absolute:
        _store(actor, workspace, absolute)


def _store(actor: "User", workspace: Workspace, tables: list[LayerTable]) -> None:
    """Keep the tables of a layer."""
    StoredLayer.objects.create(
        workspace=workspace,
        role=tables[0].role,
        title=(tables[0].title or Path(tables[0].path).name)[:200],
        tables=[table.model_dump(mode="json", exclude_defaults=True) for table in tables],
        stored_by=actor,
    )


def _register_areas(upload: Upload, role: str, fields: dict[str, Any]) -> None:
    """Name a file of polygons as boundary, coast or zones."""
    if role not in VECTOR_ROLES:
        raise InputError("{name} holds areas, not a layer of cells", name=upload.name, hint="choose boundary or zones")
    Workspace.objects.select_for_update().get(pk=upload.workspace.pk)
    if role == "zones":
        check_areas(upload.workspace, str(upload.made_path), title=str(fields.get("title") or upload.name))
        zone = register.zone_entry(
            id=str(fields.get("zone_id") or "zones"), path=str(upload.made_path),
            title=str(fields.get("title") or ""), name_field=str(fields.get("name_field") or ""),
        )  # fmt: skip
        register.add_zones(upload.home, zone)
    else:
        register.set_file(upload.home, role, str(upload.made_path))


def may_edit(actor: "Actor", workspace: Workspace) -> bool:
    """Return whether a person may register layers."""
    return may(actor, "layers.edit", workspace)
