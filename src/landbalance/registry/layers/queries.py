"""Which layers a workspace has in use and beside, which uploads wait, which files of the server may be taken."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.core.layers import Layer
from landbalance.core.roles import roles
from landbalance.io.inspect import RasterFacts, describe
from landbalance.io.workspace import load_workspace
from landbalance.registry.access import require
from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.leases import OVER
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

RASTERS = (".tif", ".tiff", ".nc", ".nc4")
INCOMING = "incoming"
MOST_FILES = 500


@dataclass(frozen=True)
class InUse:
    """One layer that assessments use, and those kept beside it."""

    role: str
    title: str
    purpose: str
    years: str
    unit: str
    source: str
    licence: str
    files: tuple[str, ...]
    stored: tuple[StoredLayer, ...] = ()


@dataclass(frozen=True)
class ServerFile:
    """A file of the server that may be registered where it is."""

    place: str  # "data/ndvi.tif" or "incoming/ndvi.tif"
    path: Path
    size_bytes: int


def layers_of(actor: "Actor", workspace: Workspace) -> tuple[list[InUse], list[StoredLayer], LandbalanceError | None]:
    """Return the layers in use, those kept beside roles nothing is in use for, and a fault of the file if there is one.

    Raises
    ------
    AccessError
        If the actor may not see them.
    """
    require(actor, "layers.view", workspace)
    stored = list(StoredLayer.objects.filter(workspace=workspace).select_related("stored_by"))
    try:
        described = load_workspace(folder_of(workspace, settings.INSTALLATION))
    except LandbalanceError as error:
        return [], stored, error
    used = [_in_use(layer, stored) for layer in described.layers]
    taken = {each.role for each in used}
    return used, [each for each in stored if each.role not in taken], None


def _in_use(layer: Layer, stored: list[StoredLayer]) -> InUse:
    """Return what the page says of a layer."""
    years = layer.years
    known = roles().get(layer.role)
    return InUse(
        role=layer.role,
        title=layer.title or layer.role,
        purpose=known.title if known else layer.role,
        years=f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years)),
        unit="" if layer.unit == "1" else layer.unit,
        source=layer.source,
        licence=layer.licence,
        files=tuple(dict.fromkeys(piece.path.rsplit("/", 1)[-1] for piece in layer.slices)),
        stored=tuple(each for each in stored if each.role == layer.role),
    )


def open_uploads(actor: "Actor", workspace: Workspace) -> QuerySet[Upload]:
    """Return the uploads that are not registered yet.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    """
    require(actor, "layers.edit", workspace)
    return Upload.objects.filter(workspace=workspace).exclude(status__in=OVER).select_related("workspace", "created_by")


def find_upload(actor: "Actor", workspace: Workspace, pk: UUID) -> Upload:
    """Return one upload.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    NotFoundError
        If there is none.
    """
    require(actor, "layers.edit", workspace)
    found = Upload.objects.filter(workspace=workspace, pk=pk).select_related("workspace").first()
    if found is None:
        raise NotFoundError("there is no upload {pk}", pk=pk, hint="send the file again")
    return found


def server_roots(workspace: Workspace) -> dict[str, Path]:
    """Return the folders of the server whose files may be registered: the workspace's own, and the common one."""
    home = folder_of(workspace, settings.INSTALLATION)
    return {"data": home / "data", INCOMING: settings.INSTALLATION.path / INCOMING}


def server_files(actor: "Actor", workspace: Workspace) -> list[ServerFile]:
    """Return the rasters in those folders, links that lead out of them left out.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    """
    require(actor, "layers.edit", workspace)
    found = []
    for name, root in server_roots(workspace).items():
        if not root.is_dir():
            continue
        for path in sorted(root.rglob("*"))[:MOST_FILES]:
            if path.suffix.lower() in RASTERS and path.is_file() and is_inside(path, root):
                place = f"{name}/{path.relative_to(root).as_posix()}"
                found.append(ServerFile(place, path, path.stat().st_size))
    return found


def find_server_file(actor: "Actor", workspace: Workspace, place: str) -> Path:
    """Return a file of the server by the place the list has for it.

    Raises
    ------
    AccessError
        If the actor may not register layers.
    NotFoundError
        If the list has no such place.
    """
    require(actor, "layers.edit", workspace)
    name, _, rest = place.partition("/")
    root = server_roots(workspace).get(name)
    path = root / rest if root is not None and "\0" not in rest else None
    if root is None or path is None or not path.is_file() or not is_inside(path, root):
        raise NotFoundError("there is no file {place}", place=place[:200], hint="choose one of the list")
    return path


def is_inside(path: Path, root: Path) -> bool:
    """Return whether a path, its links followed, lies in a folder."""
    return path.resolve().is_relative_to(root.resolve())


def facts_of(path: Path) -> RasterFacts:
    """Return what a raster of the server says of itself.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    return describe(str(path))


def last_check(workspace: Workspace) -> Run | None:
    """Return the latest run whose layers were checked."""
    return Run.objects.filter(workspace=workspace).exclude(findings=[]).order_by("-created_at").first()
