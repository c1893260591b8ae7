"""The main job: SDG 15.3.1 for one workspace, from its layers to rasters, tables and reports."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from landbalance._version import __version__
from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.parameters import resolve
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.vocab import NODATA
from landbalance.core.workspace import Workspace
from landbalance.engine.blocks import BLOCK, Counted, run_plan
from landbalance.engine.emptiness import refuse_empty
from landbalance.engine.facts import make_facts
from landbalance.engine.inputs import Inputs, gather
from landbalance.engine.manifest import (
    FINISHED,
    RUNS,
    Kept,
    Manifest,
    finished_runs,
    is_intact,
    load_reductions,
    load_tables,
    read_manifest,
    save_state,
    take_over,
    write_manifest,
)
from landbalance.engine.plan import Output, Plan, Source, Tally, names_of
from landbalance.engine.reading import TileReader, run_source
from landbalance.engine.recipe.assemble import assemble
from landbalance.engine.recipe.builder import Recipe
from landbalance.grid.grid import Tile
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.io.products import write_products
from landbalance.io.workspace import load_workspace

log = logging.getLogger(__name__)
LAYERS = "layers"
SERIES_BYTES = 64 << 20
SMALLEST_BLOCK = 64


@dataclass(frozen=True)
class Run:
    """A finished run: where it is and what it says.

    Parameters
    ----------
    manifest : Manifest
        Inputs, parameters, versions and products.
    is_new : bool
        False when an earlier run already had exactly this result.
    """

    id: str
    folder: Path
    manifest: Manifest
    is_new: bool = True

    @property
    def products(self) -> tuple[Path, ...]:
        """Return the tables, reports and packages of the run."""
        return tuple(self.folder / name for name in self.manifest.products)

    @property
    def reused(self) -> tuple[str, ...]:
        """Return the layers and tables taken over from earlier runs."""
        return self.manifest.reused

    @property
    def flags(self) -> tuple[str, ...]:
        """Return the gaps and doubts in words."""
        return self.manifest.flags

    @property
    def summary(self) -> dict[str, Any]:
        """Return what summary.json says."""
        return dict(json.loads((self.folder / "summary.json").read_text(encoding="utf-8")))

    def raster(self, key: str) -> tuple[Path, ...]:
        """Return the files of a kept raster, one per piece of the area.

        Raises
        ------
        NotFoundError
            If the run keeps no such raster.
        """
        for kept in self.manifest.rasters:
            if kept.key == key:
                return tuple(self.folder / name for name, _ in kept.files)
        keys = ", ".join(sorted(kept.key for kept in self.manifest.rasters))
        raise NotFoundError("run {id} has no raster {key}", id=self.id, key=key, hint="it has " + keys)


@dataclass(frozen=True)
class _Earlier:
    """What earlier runs offer: intact rasters and tables by fingerprint."""

    rasters: Mapping[str, tuple[Path, Kept]]
    tables: Mapping[str, tuple[Path, Manifest, str]]
    reductions: Mapping[str, Any]


def assess(
    workspace: str | Path | Workspace,
    *,
    profile: str | None = None,
    threads: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
    force: bool = False,
    language: str = "en",
) -> Run:
    """Assess land degradation for every period of a workspace.

    Parameters
    ----------
    workspace : str, Path or Workspace
        The folder with landbalance.toml, or what was read from it.
    profile : str or None
        Method profile; the workspace's own when None.
    threads : int or None
        Worker threads; the number of processors when None. Does not change any result.
    block : int or None
        Cells along the side of a tile; as many as memory allows when None. Does not change any result.
    progress : Progress or None
        Is told of every tile.
    force : bool
        Compute everything anew.
    language : str
        Language of the report.

    Returns
    -------
    Run
        The run, or the earlier one that has exactly this result.

    Raises
    ------
    LandbalanceError
        If an input cannot be used; nothing that looks whole is left.
    """
    if not isinstance(workspace, Workspace):
        workspace = load_workspace(workspace)
    settings = resolve(profile or workspace.profile, workspace.overrides, workspace.stated)
    inputs = gather(workspace, settings)
    recipe = assemble(inputs, settings)
    plan = recipe.plan()
    prints = plan.fingerprints(ground=ground_of(inputs), version=__version__)
    identity = _identity(plan, prints, recipe, language)
    earlier = finished_runs(Path(workspace.path)) if not force else []
    for folder, manifest in earlier:
        if manifest.identity == identity and all((folder / name).is_file() for name in manifest.products):
            return open_run(folder)
    started = datetime.now(UTC).replace(microsecond=0)
    run_id = _free_id(Path(workspace.path), started, settings.profile)
    part = Path(workspace.path) / RUNS / f".{run_id}.part"
    try:
        _make(part)
        job = _Job(inputs, recipe, plan, prints, identity, run_id, started.isoformat(), language)
        job.run(
            part,
            _offers(earlier, plan, prints),
            threads or os.cpu_count() or 1,
            block or _block(plan),
            progress or NoProgress(),
        )
        folder = part.with_name(run_id)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    log.info("run %s of %s finished", run_id, workspace.title)
    return replace(open_run(folder), is_new=True)


def open_run(folder: Path) -> Run:
    """Return a finished run from its folder.

    Raises
    ------
    NotFoundError
        If the folder holds none.
    """
    manifest = read_manifest(folder)
    return Run(manifest.run_id, folder, manifest, is_new=False)


def latest_run(workspace: Workspace, run_id: str | None = None) -> Run:
    """Return the latest finished run of a workspace, or the one with this id.

    Raises
    ------
    InputError
        If there is none.
    """
    for folder, manifest in finished_runs(Path(workspace.path)):
        if run_id in (None, manifest.run_id):
            return open_run(folder)
    what = f"no run {run_id}" if run_id else "no finished run"
    raise InputError("{workspace} has {what}", workspace=workspace.title, what=what, hint="run landbalance assess")


def ground_of(inputs: Inputs) -> str:
    """Return a digest of the cells a run computes: grids, boundary, coast and how border cells count."""
    area = inputs.area
    parts = [repr(area.pieces), area.rule, repr(area.quantum_km2), inputs.checksums[inputs.workspace.boundary]]
    parts.append(inputs.checksums[inputs.workspace.coast] if inputs.workspace.coast else "")
    dry = inputs.workspace.layer("aridity")
    parts.append(inputs.checksums[dry.slices[0].path] if area.dryland is not None and dry is not None else "")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class _Job:
    """One run on its way: what to compute, and what to write down about it."""

    inputs: Inputs
    recipe: Recipe
    plan: Plan
    prints: Mapping[str, str]
    identity: str
    run_id: str
    started: str
    language: str

    def run(self, folder: Path, earlier: _Earlier, threads: int, block: int, progress: Progress) -> Manifest:
        """Compute what no earlier run has, write everything into the folder, and return the manifest."""
        outputs = [output for output in self.plan.outputs if self._raster_print(output) not in earlier.rasters]
        tallies = [tally for tally in self.plan.tallies if self._table_print(tally) not in earlier.tables]
        plan = self.plan.cut(tallies, outputs, self._stored(earlier))
        known = {name: value for name, value in earlier.reductions.items() if name in plan.step_of()}
        counted, kept = self._compute(plan, folder, threads, block, progress, known)
        kept |= self._taken_over(folder, earlier)
        tables = self._tables(counted, earlier)
        refuse_empty(tables, self.inputs.workspace)
        reductions = {**earlier.reductions, **counted.reductions}
        reused = [output.key for output in self.plan.outputs if output not in outputs]
        reused += [tally.name for tally in self.plan.tallies if tally not in tallies]
        axes = save_state(folder, tables, reductions)
        manifest = self._manifest(kept, axes, reductions, tuple(reused))
        facts = make_facts(self.inputs, self.recipe, tables, reductions, manifest)
        rasters = {f"{key}{suffix}": folder / name for key, row in kept.items() for suffix, name in _pieces(row)}
        products = write_products(facts, rasters, folder, language=self.language)
        listed = {str(path.relative_to(folder)): sha256(path) for path in products}
        finished = datetime.now(UTC).replace(microsecond=0).isoformat()
        manifest = replace(
            manifest, state=FINISHED, finished=finished, products=listed, flags=tuple(map(str, facts.flags))
        )
        write_manifest(manifest, folder)
        return manifest

    def _raster_print(self, output: Output) -> str:
        return self.plan.output_fingerprint(output, self.prints)

    def _table_print(self, tally: Tally) -> str:
        return self.plan.tally_fingerprint(tally, self.prints)

    def _stored(self, earlier: _Earlier) -> dict[str, Source]:
        """Return the computed layers that can be read from rasters of earlier runs, of areas in one piece."""
        stored = {}
        for output in self.plan.outputs:
            found = earlier.rasters.get(self._raster_print(output))
            if found and isinstance(output.layer, str) and len(found[1].files) == 1 and output.dtype == "int8":
                path = str(found[0] / found[1].files[0][0])
                stored[output.layer] = run_source(output.layer, path, output.dtype, self.prints[output.layer])
        return {name: source for name, source in stored.items() if name not in self.plan.sources}

    def _compute(
        self, plan: Plan, folder: Path, threads: int, block: int, progress: Progress, known: Mapping[str, Any]
    ) -> tuple[Counted, dict[str, Kept]]:
        """Run the blocks and return the tables and the rasters written."""
        if not plan.outputs and not plan.tallies:
            return Counted({}, {}), {}
        area = self.inputs.area
        reader = TileReader(plan.sources.values(), area, self.inputs.polygons())
        sinks = {output.key: RasterSink(output, area.pieces, folder / LAYERS) for output in plan.outputs}
        try:
            counted = run_plan(
                plan, area, reader, sinks, threads=threads, progress=progress, block=block, reductions=known
            )
            kept = {}
            for output in plan.outputs:
                paths = sinks[output.key].finish(self._tags(output))
                files = tuple((str(path.relative_to(folder)), sha256(path)) for path in paths)
                name = next(iter(names_of(output.layer)))
                kept[output.key] = Kept(output.key, name, output.dtype, self._raster_print(output), files)
        finally:
            for sink in sinks.values():
                sink.discard()
        return counted, kept

    def _tags(self, output: Output) -> dict[str, str]:
        """Return the metadata a raster carries; no time, so that equal results are equal bytes."""
        return {
            "TITLE": output.title,
            "LANDBALANCE_KEY": output.key,
            "LANDBALANCE_PROFILE": self.recipe.settings.profile,
            "LANDBALANCE_VERSION": __version__,
            "LANDBALANCE_FINGERPRINT": self._raster_print(output),
            "UNIT": output.unit,
            "COUNTRY": self.inputs.workspace.country,
        }

    def _taken_over(self, folder: Path, earlier: _Earlier) -> dict[str, Kept]:
        """Take over the rasters that earlier runs made."""
        kept = {}
        for output in self.plan.outputs:
            found = earlier.rasters.get(self._raster_print(output))
            if found:
                source, row = found
                for name, _ in row.files:
                    take_over(source / name, folder / name)
                kept[output.key] = replace(row, key=output.key)
        return kept

    def _tables(self, counted: Counted, earlier: _Earlier) -> dict[str, Crosstab]:
        """Return all tables, counted now or before."""
        tables = dict(counted.tables)
        held: dict[Path, dict[str, Crosstab]] = {}
        for tally in self.plan.tallies:
            found = earlier.tables.get(self._table_print(tally))
            if found:
                source, manifest, name = found
                if source not in held:
                    held[source] = load_tables(source, manifest)
                tables |= {
                    f"{tally.name}.{g}": replace(held[source][f"{name}.{g}"], name=f"{tally.name}.{g}")
                    for g in tally.groups
                }
        return tables

    def _manifest(
        self, kept: Mapping[str, Kept], axes: Mapping[str, Any], reductions: Mapping[str, Any], reused: tuple[str, ...]
    ) -> Manifest:
        """Return the manifest of the run before its products are written."""
        workspace = self.inputs.workspace
        return Manifest(
            run_id=self.run_id,
            state="running",
            started=self.started,
            finished="",
            identity=self.identity,
            country=workspace.country,
            title=workspace.title,
            profile=self.recipe.settings.profile,
            language=self.language,
            parameters=tuple(vars(self.recipe.settings.of(name)) for name in self.recipe.settings),
            periods=tuple(vars(period) for period in workspace.periods),
            inputs=tuple({"path": path, "sha256": digest} for path, digest in sorted(self.inputs.checksums.items())),
            versions=versions(),
            grid=tuple(
                {
                    "crs": g.crs,
                    "west": g.west,
                    "north": g.north,
                    "dx": g.dx,
                    "dy": g.dy,
                    "width": g.width,
                    "height": g.height,
                }
                for g in self.inputs.area.pieces
            ),
            rasters=tuple(kept.values()),
            tables={tally.name: self._table_print(tally) for tally in self.plan.tallies},
            table_axes=axes,
            reductions={name: self.prints[name] for name in reductions if name in self.prints},
            reused=reused,
        )


class RasterSink:
    """One kept raster, in as many files as the area has pieces."""

    def __init__(self, output: Output, pieces: Iterable[Any], folder: Path) -> None:
        missing = {"int8": float(NODATA), "int16": -32768.0, "float32": float(np.nan)}[output.dtype]
        pieces = tuple(pieces)
        suffixes = ("",) if len(pieces) == 1 else ("_e", "_w")
        self._writers = [
            TiledWriter(folder / f"{output.key}{suffix}.tif", grid, output.dtype, missing)
            for grid, suffix in zip(pieces, suffixes, strict=True)
        ]
        self._output = output

    def write(self, tile: Tile, array: Any) -> None:
        """Keep one tile."""
        self._writers[tile.piece].write(tile, array)

    def finish(self, tags: Mapping[str, str]) -> list[Path]:
        """Close every file and return their paths."""
        return [writer.finish(tags=tags, band_names=(self._output.title,)) for writer in self._writers]

    def discard(self) -> None:
        """Leave nothing half-written behind."""
        for writer in self._writers:
            writer.discard()


def versions() -> dict[str, str]:
    """Return the versions of the code and of the libraries that numbers pass through."""
    libraries = ("numpy", "numba", "scipy", "rasterio", "pyproj", "shapely", "pyogrio")
    return {"landbalance": __version__, **{name: version(name) for name in libraries}}


def _identity(plan: Plan, prints: Mapping[str, str], recipe: Recipe, language: str) -> str:
    """Return the digest of everything that decides what a run says."""
    parts = [plan.output_fingerprint(output, prints) for output in plan.outputs]
    parts += [plan.tally_fingerprint(tally, prints) for tally in plan.tallies]
    parts += [repr(vars(recipe.settings.of(name))) for name in recipe.settings]
    workspace = recipe.workspace
    said = (workspace.title, workspace.country, workspace.periods, workspace.land_area_km2, workspace.population)
    layers = [(layer.role, layer.title, layer.source, layer.licence, layer.citation) for layer in workspace.layers]
    recodes = recipe.checksums.get(workspace.recodes, "")
    parts += [repr(said), repr(layers), repr(recipe.flags), recodes, language, __version__]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _offers(earlier: list[tuple[Path, Manifest]], plan: Plan, prints: Mapping[str, str]) -> _Earlier:
    """Return what earlier runs have of this plan, checked against its checksum."""
    wanted = {plan.output_fingerprint(output, prints) for output in plan.outputs}
    rasters: dict[str, tuple[Path, Kept]] = {}
    tables: dict[str, tuple[Path, Manifest, str]] = {}
    reductions: dict[str, Any] = {}
    for folder, manifest in earlier:
        for kept in manifest.rasters:
            if kept.fingerprint in wanted and kept.fingerprint not in rasters and is_intact(folder, kept):
                rasters[kept.fingerprint] = (folder, kept)
        for name, digest in manifest.tables.items():
            tables.setdefault(digest, (folder, manifest, name))
        same = [
            name
            for name, digest in manifest.reductions.items()
            if prints.get(name) == digest and name not in reductions
        ]
        if same:
            held = load_reductions(folder)
            reductions |= {name: held[name] for name in same}
    return _Earlier(rasters, tables, reductions)


def _pieces(row: Kept) -> list[tuple[str, str]]:
    """Return the suffix and file of each piece of a kept raster."""
    if len(row.files) == 1:
        return [("", row.files[0][0])]
    return [(":e", row.files[0][0]), (":w", row.files[1][0])]


def _block(plan: Plan) -> int:
    """Return the side of a tile for which the longest series of the plan takes at most SERIES_BYTES a thread."""
    longest = max((len(source.slices) for source in plan.sources.values() if source.is_series), default=1)
    block = BLOCK
    while block > SMALLEST_BLOCK and longest * block * block * 4 > SERIES_BYTES:
        block //= 2
    return block


def _free_id(workspace: Path, started: datetime, profile: str) -> str:
    """Return an id for a run that no other has."""
    stem = f"{started:%Y%m%dT%H%M%SZ}-{profile}"
    taken = {folder.name for folder in (workspace / RUNS).glob("*")}
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name


def _make(folder: Path) -> None:
    """Make the folder of a run.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            "{folder} cannot be made ({why})",
            folder=folder,
            why=error.strerror,
            hint="check that the workspace can be written",
        ) from error
