"""Everything of a workspace that a person may see, as one ZIP: CSV, JSON, GeoPackage, files; through the gate."""

import tempfile
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import geopandas as gpd
import orjson
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from landbalance._version import __version__
from landbalance.core.errors import NotFoundError
from landbalance.io.sheet import sheet_csv
from landbalance.registry.access import may, require
from landbalance.registry.audit.queries import acts_of
from landbalance.registry.audit.services import record
from landbalance.registry.comments.queries import comments_on
from landbalance.registry.drought.queries import readers_of
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.evidence.services import content_of
from landbalance.registry.figures import runs_of
from landbalance.registry.finance.export import ledger_tables
from landbalance.registry.jobs.queries import jobs_of
from landbalance.registry.leases import Status
from landbalance.registry.records import WorkspaceRecord, shows_place
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import members_of
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

PURPOSE = "open_data"  # an export leaves the house: what a consent does not open stays in
SHAPES = "shapes.gpkg"
ANALYSES = ("balance", "plan", "scenario")
SAID = ("record", "kind", "field", "version", "at", "who", "comment", "answers_to", "text", "settled_at", "settled_by")


def export_all(actor: "User", workspace: Workspace) -> IO[bytes]:
    """Return a ZIP of everything in a workspace that a person may see and take away.

    Raises
    ------
    AccessError
        If the actor may export nothing here.
    """
    require(actor, "records.export", workspace)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    counts: dict[str, int] = {}
    shapes: dict[str, Any] = {}
    taken: set[Any] = set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for model in record_models():
            rows = _rows(actor, workspace, model)
            name = model._meta.label_lower.replace(".", "-")
            counts[name] = len(rows)
            taken |= {row.pk for row in rows}
            if rows:
                _write_records(archive, name, rows)
                shapes[name] = _shapes(actor, rows)
        if any(frame is not None for frame in shapes.values()):
            archive.writestr(SHAPES, geopackage(shapes))
        archive.writestr("comments.csv", _comments(actor, workspace, taken))
        for name, content in chain(_rest(actor, workspace), ledger_tables(actor, workspace)):
            archive.writestr(name, content)
        about = {"workspace": workspace.slug, "title": workspace.title, "made": timezone.now().isoformat()}
        about |= {"by": actor.username, "version": __version__, "purpose": PURPOSE}
        archive.writestr("about.json", orjson.dumps({**about, "records": counts}, option=orjson.OPT_INDENT_2))
    record(actor, "records.exported", workspace.slug, workspace=workspace, records=sum(counts.values()))
    file.seek(0)
    return file


def record_models() -> list[type[WorkspaceRecord]]:
    """Return every kind of record there is, by its name."""
    kinds = (model for model in apps.get_models() if issubclass(model, WorkspaceRecord))
    return sorted(kinds, key=lambda model: model._meta.label_lower)


def geopackage(shapes: "dict[str, gpd.GeoDataFrame | None]") -> bytes:
    """Return a GeoPackage with a layer for each kind of record."""
    with tempfile.TemporaryDirectory(prefix="landbalance-export-") as folder:
        path = Path(folder) / SHAPES
        for name, frame in shapes.items():
            if frame is None:
                continue
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
        return path.read_bytes()


def _rows(actor: "User", workspace: Workspace, model: type[WorkspaceRecord]) -> list[Any]:
    """Return the records of one kind that a person may see and take away."""
    if not may(actor, model.view_act, workspace):
        return []
    return [*model.objects.for_user(actor).in_workspace(workspace).usable_for(PURPOSE)]


def _write_records(archive: zipfile.ZipFile, name: str, rows: list[Any]) -> None:
    """Write records as CSV and, with their history, as JSON."""
    fields = [field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.BinaryField)]
    listed = [{field.attname: _plain(field.value_from_object(row)) for field in fields} for row in rows]
    columns = [field.attname for field in fields]
    archive.writestr(f"{name}.csv", sheet_csv(columns, [[_cell(each[key]) for key in columns] for each in listed]))
    versions: dict[Any, list[dict[str, Any]]] = {row.pk: [] for row in rows}
    kept = type(rows[0]).history.filter(workspace=rows[0].workspace_id).select_related("history_user")
    for each in kept.order_by("history_id").iterator():
        if each.id in versions:
            by = each.history_user.username if each.history_user else None
            version = {"version": each.version, "at": each.history_date, "reason": each.history_change_reason or ""}
            versions[each.id].append({**version, "by": by})
    for row, said in zip(rows, listed, strict=True):
        said["history"] = versions[row.pk]
    archive.writestr(f"{name}.json", orjson.dumps(listed, option=orjson.OPT_INDENT_2, default=str))


def _shapes(actor: "User", rows: list[Any]) -> Any:
    """Return the shapes of records, where they have some and the person may see where."""
    found = [
        {"id": str(row.pk), "code": str(getattr(row, "code", "")), "geometry": shape}
        for row in rows
        if hasattr(row, "shapes") and shows_place(actor, row)
        for shape in row.shapes()
    ]
    return gpd.GeoDataFrame(found, geometry="geometry", crs="EPSG:4326") if found else None


def _rest(actor: "User", workspace: Workspace) -> Iterator[tuple[str, str | bytes]]:
    """Yield what is no record: files, members, acts, what the runs found."""
    for evidence in _rows(actor, workspace, Evidence):
        try:
            yield f"files/{evidence.pk}-{evidence.file_name}", content_of(actor, evidence)
        except NotFoundError as error:
            yield f"files/{evidence.pk}-missing.txt", str(error)
    if may(actor, "people.view", workspace):
        people = ((each.user.username, each.role, each.sector, each.since) for each in members_of(actor, workspace))
        yield "members.csv", sheet_csv(("name", "role", "sector", "since"), [*people])
    if may(actor, "drought.edit", workspace):
        shows = may(actor, "drought.issue", workspace)  # an address is for who sends the bulletins
        columns = ("asked_at", "confirmed_at", "language", "email")
        asked = ((each.asked_at, each.confirmed_at, each.language, each.email if shows else "") for each in
                 readers_of(workspace))  # fmt: skip
        yield "drought-readers.csv", sheet_csv(columns, [*asked])
    if may(actor, "audit.view", workspace):
        acts = ((each.at, each.actor_name, each.act, each.subject) for each in acts_of(actor, workspace))
        yield "acts.csv", sheet_csv(("at", "who", "act", "subject"), [*acts])
    folder = folder_of(workspace, settings.INSTALLATION) / "runs"
    for run in runs_of(actor, workspace):
        summary = folder / Path(run["id"]).name / "summary.json"
        if summary.is_file():
            yield f"runs/{summary.parent.name}/summary.json", summary.read_bytes()
    for job in jobs_of(actor, workspace, *ANALYSES).filter(status=Status.FINISHED):
        figures = job.out / f"{job.kind}.json"
        if figures.is_file():
            yield f"analyses/{job.kind}-{job.pk}.json", figures.read_bytes()


def _comments(actor: "User", workspace: Workspace, taken: set[Any]) -> str:
    """Return what was said about the records that are taken away."""
    rows = [each for each in comments_on(actor, workspace) if each.subject in taken]
    names = ("subject", "kind", "field", "version", "at", "by", "pk", "parent_id", "text", "settled_at", "settled_by")
    return sheet_csv(SAID, [[_plain(getattr(each, name)) for name in names] for each in rows])


def _plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _cell(value: Any) -> Any:
    """Return a value for a cell."""
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value
