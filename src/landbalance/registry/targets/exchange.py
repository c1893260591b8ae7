"""Targets in and out of files: staged with every fault named, looked at, then taken over whole or not at all."""

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import shapely
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError
from pydantic_core import PydanticUndefined
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.io.cells import clean_text
from landbalance.io.shapes import Drawn, checked, read_shapes
from landbalance.io.target_files import KEEP, SHAPE, TYPES, SentFile, SentRow, read_target_file, written
from landbalance.io.target_rows import COLUMNS, TargetRow, cell_of
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.faults import Fault, faults_of
from landbalance.registry.many import add_records, add_rows
from landbalance.registry.records import conflict
from landbalance.registry.space import digest_of
from landbalance.registry.spoken import spoken
from landbalance.registry.targets import services
from landbalance.registry.targets.models import StagedImport, StatusEvent, Target, TargetArea
from landbalance.registry.targets.queries import pieces_for, targets_of
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
NOT_READ = ("revision", "stage", "state", "area_km2", "fid", "id")  # written for people, not taken back
STAGED_DAYS = 2
HEAD = ("code", "title", "version", "stage", "state", "shape_digest")


@dataclass(frozen=True)
class Planned:
    """What taking over a row would do: set a target, change it, or nothing."""

    row: int
    code: str
    title: str
    kind: str
    changes: tuple[tuple[str, Any, Any], ...] = ()


@dataclass
class Checked:
    """The rows of a file after the check, ready to be kept."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def stage_import(actor: "User", workspace: Workspace, path: str | Path, *, name: str = "") -> StagedImport:
    """Read a file and check every row; nothing of the register changes yet.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If the file cannot be read at all, or names no codes.
    """
    require(actor, "targets.import", workspace)
    sent = read_target_file(path, name=name)
    if "code" not in sent.columns or not sent.rows:
        raise InputError("{name} has no column code with rows under it", name=sent.name, hint="export once to see how")
    found = checked_rows(actor, workspace, sent)
    StagedImport.objects.filter(user=actor, workspace=workspace).delete()
    StagedImport.objects.filter(at__lt=timezone.now() - timedelta(days=STAGED_DAYS)).delete()
    return StagedImport.objects.create(
        **{"workspace": workspace, "user": actor, "name": sent.name[:200], "sha256": sent.sha256},
        rows=found.rows,
        errors=[each.as_plain() for each in found.faults],
        notes=found.notes,
    )


def find_staged(actor: "User", workspace: Workspace, pk: int) -> StagedImport:
    """Return a staged import; whoever may import may look at it and take it over.

    Raises
    ------
    AccessError
        If the actor may not import.
    NotFoundError
        If there is none.
    """
    require(actor, "targets.import", workspace)
    found = StagedImport.objects.filter(workspace=workspace, pk=pk).first()
    if found is None:
        raise NotFoundError("there is no such import", hint="send the file again")
    return found


def faults_in(staged: StagedImport) -> list[Fault]:
    """Return what is wrong with the rows of a staged import."""
    return [Fault(**each) for each in staged.errors]


def plan_of(actor: "User", staged: StagedImport) -> list[Planned]:
    """Return what taking over would do, row by row, as the register stands now."""
    present = _present(actor, staged.workspace, _columns_of(staged))
    return [_planned(each, present.get(each["values"]["code"])) for each in staged.rows]


@transaction.atomic
def take_over(actor: "User", staged: StagedImport) -> tuple[int, int]:
    """Take all rows over, or none; return how many targets were set and how many changed.

    Raises
    ------
    AccessError
        If the actor may not import.
    RuleError
        If a row has a fault.
    ConflictError
        If a target was saved by somebody else since the file was read.
    """
    require(actor, "targets.import", staged.workspace)
    if staged.errors:
        raise RuleError(
            "{name} has {count} faults", name=staged.name, count=len(staged.errors), hint="mend them and send it again"
        )
    present = _present(actor, staged.workspace, _columns_of(staged))
    _check_unmoved(staged, present)
    fresh = [each for each in staged.rows if each["values"]["code"] not in present]
    _set_all(actor, staged.workspace, fresh)
    changed = _change_all(actor, staged, present)
    detail = {"file": staged.name, "sha256": staged.sha256, "set": len(fresh), "changed": changed}
    record(actor, "targets.imported", staged.name, workspace=staged.workspace, **detail)
    staged.delete()
    return len(fresh), changed


def _check_unmoved(staged: StagedImport, present: dict[str, Target]) -> None:
    """Refuse rows whose target was set, put away or hidden since the file was read."""
    taken = _all_codes(staged.workspace)
    for each in staged.rows:
        code = each["values"]["code"]
        if each["version"] is None and code in taken:
            raise RuleError("there is already a target {code}", code=code, hint="mend them and send it again")
        if each["version"] is not None and code not in present:
            raise RuleError("there is no {kind} {said}", kind="target", said=code, hint="mend them and send it again")


def export_targets(actor: "Actor", workspace: Workspace, kind: str) -> bytes:
    """Return the targets a person sees as a file that can be read back.

    Parameters
    ----------
    kind : {"csv", "xlsx", "geojson", "gpkg"}
        The last two hold the targets that have an area on the map.

    Raises
    ------
    AccessError
        If the actor may not export.
    InputError
        If there is no such kind of file.
    """
    require(actor, "records.export", workspace)
    if kind not in TYPES:
        raise InputError("{kind} is no kind of file", kind=kind, hint="use one of {known}", known=", ".join(TYPES))
    heads = [*COLUMNS, "version", "revision", "stage", "state", "area_km2"]
    rows, shapes = [], []
    for target in targets_of(actor, workspace):
        pieces = pieces_for(actor, target)
        cells = [cell_of(name, getattr(target, name)) for name in COLUMNS]
        area = sum(piece.area_km2 for piece in pieces) if pieces else None
        rows.append([*cells, target.version, target.revision, target.stage, target.state, area])
        shapes.append(_together([piece.geometry for piece in pieces]))
    record(actor, "targets.exported", kind, workspace=workspace, rows=len(rows))
    return written(kind, heads, rows, shapes)


def faults_csv(faults: Iterable[Fault]) -> bytes:
    """Return faults as a table for whoever mends the file."""
    from landbalance.io.summary import csv_text

    heads: list[Any] = ["row", "column", "code", "message"]
    rows = [heads, *([e.row, e.column, e.code, e.words] for e in faults)]
    return b"\xef\xbb\xbf" + csv_text(rows).encode()


def checked_rows(actor: "User", workspace: Workspace, sent: SentFile) -> Checked:
    """Check every row of a file against the rules and the register."""
    found = Checked(notes=list(sent.notes))
    known = (*COLUMNS, SHAPE, "version")
    unread = [each for each in sent.columns if each not in (*known, *NOT_READ)]
    found.notes += [f"column {each} is not read" for each in unread]
    present = _present(actor, workspace)
    away = _all_codes(workspace) - set(present)
    seen: dict[str, int] = {}
    for row in sent.rows:
        cells = {name: value for name, value in row.cells.items() if name in known}
        code = str(cells.get("code") or "").strip()
        if code and code in seen:
            found.faults.append(Fault(row.number, "code", "twice", {"value": code, "row": seen[code]}))
            continue
        seen[code] = row.number
        if code in away:
            found.faults.append(Fault(row.number, "code", "taken"))
            continue
        _check_row(found, row, cells, present.get(code), has_shapes=sent.has_shapes)
    return found


def _check_row(found: Checked, row: SentRow, cells: dict[str, Any], target: Target | None, *, has_shapes: bool) -> None:
    """Check one row; what stands in the register stays where the file has no such column."""
    version = cells.pop("version", None)
    text = cells.pop(SHAPE, None)
    before = {} if target is None else {name: getattr(target, name) for name in COLUMNS}
    given = {name: _default(name) if value is None else value for name, value in cells.items()}
    given = {name: value for name, value in given.items() if value is not PydanticUndefined}
    try:
        parsed = TargetRow.model_validate({**before, **given})
    except ValidationError as error:
        found.faults += faults_of(error, row.number)
        return
    try:
        pieces = _pieces(row, text, has_shapes=has_shapes)
    except InputError as error:
        found.faults.append(Fault(row.number, SHAPE, "no_area", {"why": spoken(error)}))
        return
    found.notes += [f"row {row.number}: {note}" for piece in pieces or () for note in piece.notes]
    values = _plain({"code": parsed.code, **parsed.as_values(set(given))})
    kept = {"row": row.number, "values": values, "version": target and target.version}
    kept["shape"] = None if pieces is None else [shapely.to_wkb(each.geometry, hex=True) for each in pieces]
    if target is not None:
        found.faults += _faults_of_change(row.number, kept, target, version)
    found.rows.append(kept)


def _faults_of_change(number: int, kept: dict[str, Any], target: Target, version: Any) -> Iterator[Fault]:
    """Yield why a target cannot be changed by a file."""
    if version is not None and str(version) != str(target.version):
        yield Fault(number, "version", "stale", {"value": str(version)[:20], "now": target.version})
    if _planned(kept, target).kind == "changed" and (
        not target.is_editable or target.state in ("approved", "submitted")
    ):
        yield Fault(number, "", "needs_revision", {"stage": target.stage})


def _pieces(row: SentRow, text: Any, *, has_shapes: bool) -> list[Drawn] | None:
    """Return the pieces of a row; None where the file says nothing of them."""
    if row.shape is not None:
        return [checked(row.shape, row.number, "the file")]
    if not has_shapes or str(text or "").strip() == KEEP:
        return None
    return list(read_shapes(clean_text(str(text)))) if text else []


def _planned(kept: dict[str, Any], target: Target | None) -> Planned:
    """Return what taking a row over would do."""
    values = kept["values"]
    if target is None:
        return Planned(kept["row"], values["code"], values["title"], "new")
    now = _plain({name: getattr(target, name) for name in values})
    changes = [
        (name, cell_of(name, now[name]), cell_of(name, value)) for name, value in values.items() if now[name] != value
    ]
    if kept["shape"] is not None and digest_of(shapely.from_wkb(each) for each in kept["shape"]) != target.shape_digest:
        changes.append((SHAPE, len(target.pieces()), len(kept["shape"])))
    kind = "changed" if changes else "same"
    return Planned(kept["row"], values["code"], values.get("title", target.title), kind, tuple(changes))


def _read(kept: dict[str, Any], target: Target | None = None) -> tuple[TargetRow, list[Drawn] | None]:
    """Return a kept row and its pieces, ready for a use case."""
    before = {} if target is None else {name: getattr(target, name) for name in COLUMNS}
    row = TargetRow.model_validate({**before, **kept["values"]})
    return row, None if kept["shape"] is None else [Drawn(shapely.from_wkb(each)) for each in kept["shape"]]


def _set_all(actor: "User", workspace: Workspace, kept: Sequence[dict[str, Any]]) -> None:
    """Set many new targets at once, each with its history; their rows were checked when the file was read."""
    if not kept:
        return
    rows: list[dict[str, Any]] = []
    pieces: list[dict[str, Any]] = []
    for each in kept:
        row = {"id": uuid.uuid4(), **each["values"]}
        drawn = [Drawn(shapely.from_wkb(shape)) for shape in each["shape"] or ()]
        if drawn:
            row |= _placed(row, drawn)
        rows.append(row)
        pieces += [{"target_id": row["id"], **TargetArea.values_of(piece.geometry)} for piece in drawn]
    blank = TargetRow.model_construct(code="", title="").as_values()
    add_records(Target, rows, by=actor, reason="import", workspace=workspace, **blank)
    add_rows(TargetArea, pieces)
    add_rows(StatusEvent, [{"target_id": row["id"]} for row in rows], revision=1, old="", new=Target().stage, by=actor)


def _placed(row: dict[str, Any], drawn: Sequence[Drawn]) -> dict[str, Any]:
    """Return what a new target says of where it is, by its pieces."""
    target = Target(spatial_mode=row.get("spatial_mode", _default("spatial_mode")))
    services.take_shape(target, drawn)
    return {"spatial_mode": target.spatial_mode, "shape_digest": target.shape_digest}


def _change_all(actor: "User", staged: StagedImport, present: dict[str, Target]) -> int:
    """Change targets as the rows say, and return how many; those whose area stays are saved at once."""
    reason, plain, changed = f"import of {staged.name}", [], 0
    for each in staged.rows:
        target = present.get(each["values"]["code"])
        plan = _planned(each, target) if target is not None else None
        if target is None or plan is None or plan.kind != "changed":
            continue
        changed += 1
        if target.version != each["version"]:
            raise conflict(target, each["version"])
        named = [name for name, _, _ in plan.changes]
        if SHAPE in named:
            whole = Target.objects.for_user(actor).get(pk=target.pk)
            row, pieces = _read(each, whole)
            services.edit_target(actor, whole, row, pieces=pieces, expected=each["version"], reason=reason)
        else:
            plain.append((target, {name: each["values"][name] for name in named}))
    services.edit_targets(actor, plain, reason=reason)
    return changed


def _present(actor: "User", workspace: Workspace, columns: Iterable[str] = COLUMNS) -> dict[str, Target]:
    """Return the targets of a workspace that a person sees, by code, with the columns of a file."""
    found = Target.objects.for_user(actor).in_workspace(workspace).only(*HEAD, *columns)
    present = {each.code: each for each in found}
    for each in present.values():
        each.workspace = workspace
    return present


def _columns_of(staged: StagedImport) -> set[str]:
    """Return the fields that the rows of a staged import say something of."""
    return {name for each in staged.rows for name in each["values"]}


def _all_codes(workspace: Workspace) -> set[str]:
    """Return every code that is taken in a workspace, whoever sees it."""
    return set(Target._base_manager.filter(workspace=workspace).values_list("code", flat=True))


def _default(name: str) -> Any:
    """Return what an empty cell of a column means."""
    return TargetRow.model_fields[name].get_default()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as JSON keeps them."""
    return dict(orjson.loads(orjson.dumps(values)))


def _together(pieces: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """Return the pieces of a target as one geometry, none of them joined."""
    parts = [part for each in pieces for part in shapely.get_parts(each)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
