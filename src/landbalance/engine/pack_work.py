"""Country packs as work for a worker: built within hours and bytes, carried, taken in, held against layers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.progress import Progress
from landbalance.core.words import plain_error
from landbalance.engine.layer_difference import write_difference
from landbalance.io.layer_entries import layers_of
from landbalance.io.packs.build import build_pack
from landbalance.io.packs.carry import export_pack, find_pack, import_pack
from landbalance.io.packs.gate import Gate, LaterError, PausedError
from landbalance.io.packs.line import Line
from landbalance.io.packs.mirrors import FILE as MIRRORS
from landbalance.io.packs.mirrors import read_mirrors
from landbalance.io.packs.order import Order
from landbalance.io.packs.plan import size_called
from landbalance.io.packs.public_file import Desk, open_desk
from landbalance.io.workspace import installation_above, load_workspace
from landbalance.io.workspace_file import LayerTable

PACKS = "packs"
CACHE = ".cache/packs"
PAUSED, WHOLE = "paused", "whole"


def build(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Build a pack, or go on; outside its hours and without a line the work is given back, at its limit it pauses.

    Options: those of `order_of`, and "until", "between", "is_offline".
    """
    asked, home = task["options"], Path(task["folder"])
    gate = Gate(asked.get("until", ""), asked.get("between", ""), is_patient=False)
    line = Line(gate=gate, wait=gate.wait, is_offline=bool(asked.get("is_offline")))
    top = installation_above(home) or home
    desk = open_desk(line, top / CACHE, read_mirrors(top / MIRRORS))
    try:
        gate.wait()
        built = build_pack(order_of(asked, home), home / PACKS, desk, progress=told)
    except LaterError as later:
        return {"is_busy": True, "wait_s": later.wait_s}
    except PausedError:
        return {"state": PAUSED} | _told_of(desk)
    finally:
        desk.close()
    return {
        "state": WHOLE,
        "pack": built.folder.name,
        "layers": built.layers,
        "gaps": [gap.model_dump() for gap in built.gaps],
    } | _told_of(desk)


def _told_of(desk: Desk) -> dict[str, Any]:
    """Return what was asked and got, and which mirrors were not used and why; not where the server has them."""
    for error in desk.mirrors.refused:
        places = [name for name in ("place", "path") if name in error.fields]
        error.fields.update({name: Path(str(error.fields[name])).name for name in places})
    refused = [plain_error(error) for error in desk.mirrors.refused]
    return {"requests": desk.line.tally.requests, "bytes": desk.line.tally.bytes, "mirrors": refused}


def export(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Write a pack as one file to carry, without what may not be passed on. Options: "pack"."""
    told.start(1, task["options"]["pack"])
    folder = find_pack(task["options"]["pack"], Path(task["folder"]) / PACKS)
    path = export_pack(folder, Path(task["out"]), is_shareable=True)
    told.advance(1)
    return {"products": [path.name], "bytes": path.stat().st_size}


def take_in(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Take a pack in from a file or folder; a file that was sent goes. Options: "archive", "is_sent"."""
    archive, packs = Path(task["options"]["archive"]), Path(task["folder"]) / PACKS
    packs.mkdir(exist_ok=True)
    told.start(1, archive.name)
    try:
        folder = import_pack(archive, packs)
    except LandbalanceError as error:  # where the server keeps things is nobody's business
        error.fields.update({key: value.name for key, value in error.fields.items() if isinstance(value, Path)})
        raise
    finally:
        if task["options"].get("is_sent"):
            archive.unlink(missing_ok=True)
    told.advance(1)
    return {"pack": folder.name}


def differ(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Hold two layers of one role against each other. Options: "tables" (two lists of tables), "year"."""
    home, asked = Path(task["folder"]), task["options"]
    first, second = (
        layers_of([LayerTable.model_validate(table) for table in tables], home)[0] for tables in asked["tables"]
    )
    return write_difference(first, second, home, Path(task["out"]), year=asked.get("year"), progress=told)


def order_of(asked: Mapping[str, Any], home: Path) -> Order:
    """Return the order of a pack from what a form asks: "iso3", "size", "years", "roles", "is_own", "has_fallback".

    Raises
    ------
    InputError
        If it is to follow the workspace's own boundary, and there is none.
    """
    boundary = None
    if asked.get("is_own"):
        place = load_workspace(home).boundary
        if not place:
            raise InputError("the workspace has no boundary of its own", hint="register one, or leave this out")
        boundary = Path(place)
    return Order(
        asked["iso3"].upper(),
        size_called(asked.get("size") or "standard"),
        asked.get("years", ""),
        tuple(asked.get("roles", ())),
        boundary,
        fallback=bool(asked.get("has_fallback")),
    )
