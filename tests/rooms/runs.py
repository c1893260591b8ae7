"""Runs, maps and layers: a run made by hand, with maps of four cells."""

import json
from pathlib import Path

import numpy as np
from django.conf import settings

from landbalance.engine.manifest import FINISHED, Kept, Manifest, write_manifest
from landbalance.grid.grid import Grid, Tile
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.leases import Status
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.services import folder_of
from rooms import World

NAME = "20260101T000000Z-unccd-2026"
KEYS = ("sdg.baseline", "gaps.baseline")
GRID = Grid("EPSG:4326", 10.0, 11.0, 0.5, 0.5, 2, 2)
PERIOD = {"name": "baseline", "land_cover": [2000, 2015], "soc": [2000, 2015], "productivity": [2001, 2015]}


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a finished run, one that waits, an upload and a layer kept beside."""
    home = folder_of(world.workspace, settings.INSTALLATION)
    write_country(home)
    write_run(home)
    mine = {"workspace": world.workspace, "created_by": world.keeper}
    run = Run.objects.create(**mine, status=Status.FINISHED, stage=Run.Stage.ASSESS, run_id=NAME)
    waiting = Run.objects.create(**mine)
    upload = Upload.objects.create(**mine, name="a.tif", size_bytes=10, status=Status.RECEIVING)
    upload.part.parent.mkdir(parents=True, exist_ok=True)
    upload.part.touch()
    stored = StoredLayer.objects.create(workspace=world.workspace, role="land_cover", tables=[])
    one, other, file = {"pk": run.pk}, {"pk": waiting.pk}, {"pk": upload.pk}
    return {
        **{f"runs:{name}": other for name in ("show", "state", "start", "cancel", "publish")},
        "runs:file": {**one, "name": "summary.json"},
        **{f"maps:{name}": one for name in ("run", "explain", "area")},
        "maps:picture": {**one, "layer": KEYS[0]},
        "maps:tile": {**one, "layer": KEYS[0], "place": (0, 0, 0)},
        **{f"layers:{name}": file for name in ("upload", "part", "state", "drop")},
        "layers:use": {"pk": stored.pk},
    }


def write_country(home: Path) -> None:
    """Write the file of an invented country without layers."""
    home.mkdir(parents=True, exist_ok=True)
    text = '[workspace]\nformat = 1\ncountry = "ZZB"\ncountry_name = "Beta"\ninvented = true\n'
    (home / "landbalance.toml").write_text(text)


def write_run(home: Path) -> None:
    """Write a finished run."""
    folder = home / "runs" / NAME
    kept = tuple(_raster(folder, key) for key in KEYS)
    about = {"id": NAME, "workspace": "Beta", "country": "ZZB", "country_name": "Beta", "profile": "unccd-2026"}
    about |= {"started": "2026-01-01T00:00:00+00:00", "invented": True}
    said = {"run": about, "periods": [PERIOD], "figures": []}
    said |= {key: [] for key in ("flags", "confidence", "checks", "zones")}
    (folder / "summary.json").write_text(json.dumps(said))
    grid = {"crs": GRID.crs, "west": 10.0, "north": 11.0, "dx": 0.5, "dy": 0.5, "width": 2, "height": 2}
    manifest = Manifest(
        run_id=NAME, state=FINISHED, started="2026-01-01T00:00:00+00:00", finished="2026-01-01T00:01:00+00:00",
        identity="0" * 64, country="ZZB", title="Beta", profile="unccd-2026", language="en", parameters=(),
        periods=(PERIOD,), inputs=(), versions={}, grid=(grid,), rasters=kept,
        products={"summary.json": sha256(folder / "summary.json")},
    )  # fmt: skip
    write_manifest(manifest, folder)


def _raster(folder: Path, key: str) -> Kept:
    """Write a map of four cells, once."""
    name = f"layers/{key}.tif"
    if not (folder / name).exists():
        (folder / "layers").mkdir(parents=True, exist_ok=True)
        writer = TiledWriter(folder / name, GRID, "int8", -128)
        writer.write(Tile(0, 0, 0, 2, 2), np.zeros((2, 2), np.int8))
        writer.finish()
    return Kept(key, key, "int8", key, ((name, sha256(folder / name)),))
