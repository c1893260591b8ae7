"""One run on its way: compute what no earlier run has, and write everything down."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from landbalance._version import __version__
from landbalance.core.addresses import without_secrets
from landbalance.core.crosstab import Crosstab
from landbalance.core.progress import Progress
from landbalance.engine.blocks import Counted, run_plan
from landbalance.engine.emptiness import refuse_empty
from landbalance.engine.facts import make_facts
from landbalance.engine.inputs import Inputs
from landbalance.engine.journal import Journal
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
from landbalance.engine.part import Part
from landbalance.engine.plan import Output, Plan, Source, Tally
from landbalance.engine.rasters import RasterTask, RasterWriter, Written, layer_of
from landbalance.engine.reading import TileReader, run_source
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.runner import Runner
from landbalance.engine.scratch import Scratch
from landbalance.io.files import sha256
from landbalance.io.products import write_products

LAYERS = "layers"
PLAN, RASTER = "plan", "raster"  # entries of the journal: what is computed, and a raster that is whole


@dataclass(frozen=True)
class Earlier:
    """What earlier runs offer: intact rasters and tables by fingerprint."""

    rasters: Mapping[str, tuple[Path, Kept]]
    tables: Mapping[str, tuple[Path, Manifest, str]]
    reductions: Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One run on its way: what to compute, and what to write down about it."""

    inputs: Inputs
    recipe: Recipe
    plan: Plan
    prints: Mapping[str, str]
    part: Part
    language: str
    scratch: str = ""  # address of a folder in object storage; inside the folder of the run when empty

    def run(self, earlier: Earlier, runner: Runner, block: int, progress: Progress) -> Manifest:
        """Compute what no earlier run has, write everything into the folder of the run, and return the manifest."""
        folder = self.part.folder
        outputs = [output for output in self.plan.outputs if self._raster_print(output) not in earlier.rasters]
        tallies = [tally for tally in self.plan.tallies if self._table_print(tally) not in earlier.tables]
        plan = self.plan.cut(tallies, outputs, self._stored(earlier))
        known = {name: value for name, value in earlier.reductions.items() if name in plan.step_of()}
        counted, kept = self._compute(plan, runner, block, progress, known)
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
        self, plan: Plan, runner: Runner, block: int, progress: Progress, known: Mapping[str, Any]
    ) -> tuple[Counted, dict[str, Kept]]:
        """Run the blocks and write the rasters; what an interrupted run has done of them is taken up."""
        if not plan.outputs and not plan.tallies:
            return Counted({}, {}), {}
        area = self.inputs.area
        journal = self.part.journal()
        scratch = Scratch(self.scratch or self.part.scratch, area.tiles(self._block(plan, known, journal, block)))
        reader = TileReader(plan.sources.values(), area, self.inputs.polygons())
        counted = run_plan(
            plan, area, reader, scratch, runner=runner, progress=progress, reductions=known, journal=journal
        )
        kept = self._rasters(plan, scratch, journal, runner, progress)
        scratch.close()
        journal.close()
        return counted, kept

    def _block(self, plan: Plan, known: Mapping[str, Any], journal: Journal, block: int) -> int:
        """Return the side of a tile: that of the interrupted run, unless it was to compute something else."""
        parts = [repr((output.key, output.layer)) for output in plan.outputs] + [tally.name for tally in plan.tallies]
        parts += [*(f"{name}={source.reading}" for name, source in sorted(plan.sources.items())), *sorted(known)]
        digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        for record in journal.records():
            if record.head["kind"] == PLAN and record.head["digest"] == digest:
                return int(record.head["block"])
        journal.restart()
        journal.append({"kind": PLAN, "digest": digest, "block": block})
        return block

    def _rasters(
        self, plan: Plan, scratch: Scratch, journal: Journal, runner: Runner, progress: Progress
    ) -> dict[str, Kept]:
        """Write every kept layer, several side by side, and return what the manifest says of them."""
        kept = {row.key: row for row in self._written(plan, journal)}
        progress.start(len(plan.outputs), "rasters")
        progress.advance(len(kept))

        writer = RasterWriter(self.inputs.area, scratch, self.part.folder / LAYERS)

        def take(written: Written) -> None:
            writer.fetch(written)
            files = [(str(path.relative_to(self.part.folder)), digest) for path, digest in written.files]
            journal.append({"kind": RASTER, "key": written.output.key, "files": files})
            kept[written.output.key] = self._kept(written.output, files)
            progress.advance(1)

        missing = [output for output in plan.outputs if output.key not in kept]
        tasks = [RasterTask(output, self._tags(output), scratch.noted(layer_of(output))) for output in missing]
        runner.run(writer.write, tasks, take)
        progress.finish()
        return {output.key: kept[output.key] for output in plan.outputs}

    def _written(self, plan: Plan, journal: Journal) -> Iterator[Kept]:
        """Yield the rasters that an interrupted run has written, where they are whole."""
        outputs = {output.key: output for output in plan.outputs}
        for record in journal.records():
            if record.head["kind"] == RASTER:
                row = self._kept(outputs[record.head["key"]], record.head["files"])
                if is_intact(self.part.folder, row):
                    yield row

    def _kept(self, output: Output, files: Iterable[Sequence[str]]) -> Kept:
        """Return what the manifest says of a raster."""
        name = layer_of(output)
        pairs = tuple((path, digest) for path, digest in files)
        return Kept(output.key, name, output.dtype, self._raster_print(output), pairs)

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
            run_id=self.part.run_id,
            state="running",
            started=self.part.started,
            finished="",
            identity=self.part.identity,
            country=workspace.country,
            title=workspace.title,
            profile=self.recipe.settings.profile,
            language=self.language,
            parameters=tuple(vars(self.recipe.settings.of(name)) for name in self.recipe.settings),
            periods=tuple(vars(period) for period in workspace.periods),
            inputs=tuple(
                {"path": without_secrets(path), "sha256": digest}
                for path, digest in sorted(self.inputs.checksums.items())
            ),
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
