"""Which packs a workspace has, finished and begun, which it could take in, and which layers can be held against."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.engine.pack_work import PACKS, order_of
from landbalance.io.packs.carry import ENDING
from landbalance.io.packs.journal import Journal
from landbalance.io.packs.manifest import MANIFEST, RECIPE, SELF_CHECK, PackFile, PackLayer, read_pack
from landbalance.io.packs.order import planned
from landbalance.io.packs.plan import Plan
from landbalance.io.packs.start import layer_entries
from landbalance.io.workspace_file import FILE_NAME, LayerTable, read_workspace_file
from landbalance.registry.access import require
from landbalance.registry.layers.models import StoredLayer
from landbalance.registry.layers.queries import server_roots
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

NAME = re.compile(r"^[A-Z]{3}-\d{4}\.\d+$")
PAPERS = ("LICENCES.md", "CITATIONS.bib", RECIPE, *SELF_CHECK, MANIFEST)
MOST_ARCHIVES = 200


@dataclass(frozen=True)
class Pack:
    """A finished pack: its folder and what it says of itself."""

    name: str
    folder: Path
    said: PackFile

    @property
    def size_bytes(self) -> int:
        """Return how much its layers hold."""
        return sum(layer.bytes for layer in self.said.layer)

    @property
    def layers(self) -> list[PackLayer]:
        """Return its layers, by role and year."""
        return sorted(self.said.layer, key=lambda layer: (layer.role, layer.source, layer.year or 0, layer.path))

    def findings(self) -> list[dict[str, str]]:
        """Return what its self-check found, the worst first; nothing where it cannot be read."""
        try:
            found: list[dict[str, str]] = json.loads((self.folder / SELF_CHECK[0]).read_text("utf-8"))["findings"]
        except (OSError, ValueError, KeyError):
            return []
        order = {"fail": 0, "warn": 1}
        return sorted(found, key=lambda each: order.get(each["result"], 2))


@dataclass(frozen=True)
class Begun:
    """A pack on the way: what was asked for, and what is there of it."""

    name: str
    folder: Path
    order: Mapping[str, Any]
    layers: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, Any], ...]

    @property
    def size_bytes(self) -> int:
        """Return how much is there."""
        return sum(int(layer["bytes"]) for layer in self.layers)


@dataclass(frozen=True)
class Choice:
    """A layer that can be held against another: a key that stands for it, and its tables."""

    key: str
    role: str
    title: str
    place: str  # "used", "beside", or the name of a pack
    tables: tuple[LayerTable, ...]


def packs_of(actor: "Actor", workspace: Workspace) -> list[Pack]:
    """Return the finished packs, by name; one that cannot be read is left out.

    Raises
    ------
    AccessError
        If the actor may not see them.
    """
    require(actor, "packs.view", workspace)
    found = []
    for folder in sorted(packs_folder(workspace).glob("[A-Z]*")):
        try:
            found.append(Pack(folder.name, folder, read_pack(folder)))
        except LandbalanceError:
            continue
    return found


def find_pack(actor: "Actor", workspace: Workspace, name: str) -> Pack:
    """Return one finished pack.

    Raises
    ------
    AccessError
        If the actor may not see it.
    NotFoundError
        If there is none of this name.
    """
    require(actor, "packs.view", workspace)
    folder = packs_folder(workspace) / name
    if not NAME.match(name) or not (folder / MANIFEST).is_file():
        raise NotFoundError("there is no pack {name}", name=name[:40], hint="choose one of the list")
    return Pack(name, folder, read_pack(folder))


def begun_of(actor: "Actor", workspace: Workspace) -> list[Begun]:
    """Return the packs that are not finished.

    Raises
    ------
    AccessError
        If the actor may not see them.
    """
    require(actor, "packs.view", workspace)
    found = []
    for folder in sorted(packs_folder(workspace).glob(".[A-Z]*.part")):
        lines = Journal(folder).lines
        order: Mapping[str, Any] = next((line["order"] for line in lines if "order" in line), {})
        layers = tuple(line["layer"] | {"bytes": line["bytes"]} for line in lines if "layer" in line)
        name = folder.name.removeprefix(".").removesuffix(".part")
        found.append(Begun(name, folder, order, layers, tuple(line["gap"] for line in lines if "gap" in line)))
    return found


def find_begun(actor: "Actor", workspace: Workspace, name: str) -> Begun:
    """Return one pack that is not finished.

    Raises
    ------
    AccessError
        If the actor may not see it.
    NotFoundError
        If there is none of this name.
    """
    found = next((each for each in begun_of(actor, workspace) if each.name == name), None)
    if found is None:
        raise NotFoundError("no pack {name} was begun", name=name[:40], hint="choose one of the list")
    return found


def plan_of(actor: "Actor", workspace: Workspace, asked: Mapping[str, Any]) -> Plan:
    """Return what a pack would take, without asking anybody.

    Raises
    ------
    AccessError
        If the actor may not see packs.
    NotFoundError, InputError
        If there is no such country, or the years or the boundary are none.
    """
    require(actor, "packs.view", workspace)
    return planned(order_of(asked, folder_of(workspace, settings.INSTALLATION)))


def archives_of(actor: "Actor", workspace: Workspace) -> dict[str, Path]:
    """Return the packs in the folders of the server that files are taken from, by their place there.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    """
    require(actor, "packs.build", workspace)
    found: dict[str, Path] = {}
    for name, root in server_roots(workspace).items():
        files = [path for path in root.glob(f"*{ENDING}") if path.is_file()] if root.is_dir() else []
        folders = [path.parent for path in root.glob(f"*/{MANIFEST}")] if root.is_dir() else []
        for path in sorted([*files, *folders])[:MOST_ARCHIVES]:
            if path.resolve().is_relative_to(root.resolve()):
                found[f"{name}/{path.name}"] = path
    return found


def choices_of(actor: "Actor", workspace: Workspace) -> list[Choice]:
    """Return the rasters that can be held against each other: in use, kept beside, and in packs.

    Raises
    ------
    AccessError
        If the actor may not see packs.
    """
    require(actor, "packs.view", workspace)
    used: dict[str, list[LayerTable]] = {}
    try:
        for table in read_workspace_file(folder_of(workspace, settings.INSTALLATION) / FILE_NAME).layer:
            used.setdefault(table.role, []).append(table)
    except LandbalanceError:
        used = {}
    found = [Choice(f"used:{role}", role, rows[0].title or role, "used", tuple(rows)) for role, rows in used.items()]
    for stored in StoredLayer.objects.filter(workspace=workspace):
        rows = [LayerTable.model_validate(table) for table in stored.tables]
        if rows:
            found.append(Choice(f"beside:{stored.pk}", stored.role, str(stored), "beside", tuple(rows)))
    for pack in packs_of(actor, workspace):
        for entry in layer_entries(pack.folder, pack.said):
            key = f"{pack.name}:{entry.role}:{entry.source}"
            found.append(Choice(key, entry.role, entry.title or entry.source, pack.name, (entry,)))
    return sorted(found, key=lambda choice: (choice.role, choice.place not in ("used", "beside"), choice.key))


def packs_folder(workspace: Workspace) -> Path:
    """Return where the packs of a workspace are kept."""
    return folder_of(workspace, settings.INSTALLATION) / PACKS
