"""One run on its way: compute what no earlier run has, and write everything down."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from landbalance._version import __version__
from landbalance.core.crosstab import Crosstab
from landbalance.core.progress import Progress
from landbalance.core.vocab import NODATA
from landbalance.engine.blocks import Counted, run_plan
from landbalance.engine.emptiness import refuse_empty
from landbalance.engine.facts import make_facts
from landbalance.engine.inputs import Inputs
from landbalance.engine.manifest import (
    FINISHED,
    Kept,
    Manifest,
    is_intact,
    load_reductions,
    load_tables,
    save_state,
    take_over,
    write_manifest,
)
from landbalance.engine.plan import Output, Plan, Source, Tally, names_of
from landbalance.engine.reading import TileReader, run_source
from landbalance.engine.recipe.builder import Recipe
from landbalance.grid.grid import Tile
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.io.products import write_products

LAYERS = "layers"


@dataclass(frozen=True)
class Earlier:
    """What earlier runs offer: intact rasters and tables by fingerprint."""

    rasters: Mapping[str, tuple[Path, Kept]]
    tables: Mapping[str, tuple[Path, Manifest, str]]
    reductions: Mapping[str, Any]


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


@dataclass(frozen=True)
class Job:
    """One run on its way: what to compute, and what to write down about it."""

    inputs: Inputs
    recipe: Recipe
    plan: Plan
    prints: Mapping[str, str]
    identity: str
    run_id: str
    started: str
    language: str

    def run(self, folder: Path, earlier: Earlier, threads: int, block: int, progress: Progress) -> Manifest:
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

    def _stored(self, earlier: Earlier) -> dict[str, Source]:
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
            progress.start(len(plan.outputs), "rasters")
            with ThreadPoolExecutor(threads, thread_name_prefix="rasters") as pool:
                rows = pool.map(lambda output: self._finish(output, sinks[output.key], folder, progress), plan.outputs)
                kept = {row.key: row for row in rows}
            progress.finish()
        finally:
            for sink in sinks.values():
                sink.discard()
        return counted, kept

    def _finish(self, output: Output, sink: RasterSink, folder: Path, progress: Progress) -> Kept:
        """Close one raster and return what the manifest says of it."""
        files = tuple((str(path.relative_to(folder)), sha256(path)) for path in sink.finish(self._tags(output)))
        progress.advance(1)
        name = next(iter(names_of(output.layer)))
        return Kept(output.key, name, output.dtype, self._raster_print(output), files)

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

    def _taken_over(self, folder: Path, earlier: Earlier) -> dict[str, Kept]:
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

    def _tables(self, counted: Counted, earlier: Earlier) -> dict[str, Crosstab]:
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


def offers(earlier: list[tuple[Path, Manifest]], plan: Plan, prints: Mapping[str, str]) -> Earlier:
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
    return Earlier(rasters, tables, reductions)


def versions() -> dict[str, str]:
    """Return the versions of the code and of the libraries that numbers pass through."""
    libraries = ("numpy", "numba", "scipy", "rasterio", "pyproj", "shapely", "pyogrio")
    return {"landbalance": __version__, **{name: version(name) for name in libraries}}


def _pieces(row: Kept) -> list[tuple[str, str]]:
    """Return the suffix and file of each piece of a kept raster."""
    if len(row.files) == 1:
        return [("", row.files[0][0])]
    return [(":e", row.files[0][0]), (":w", row.files[1][0])]
