"""The main job: SDG 15.3.1 for one workspace, from its layers to rasters, tables and reports."""

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from landbalance._version import __version__
from landbalance.core.errors import DiskError, LandbalanceError, SourceError
from landbalance.core.parameters import resolve
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.blocks import BLOCK
from landbalance.engine.inputs import Inputs, gather
from landbalance.engine.job import Job, offers
from landbalance.engine.manifest import finished_runs
from landbalance.engine.part import Part, counted_try, forget_scratch, only_one, open_part, remove_older
from landbalance.engine.plan import Plan
from landbalance.engine.recipe.assemble import assemble
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.runner import Runner, Threads
from landbalance.engine.runs import Run, open_run
from landbalance.io.apart import refuse_fatal
from landbalance.io.objects import checked_address, remove_objects
from landbalance.io.workspace import load_workspace

log = logging.getLogger(__name__)
SERIES_BYTES = 64 << 20
SMALLEST_BLOCK = 64
SILENT_ENDS = 2  # tries that ended without a word, after which each input is read in a process of its own first


def assess(
    workspace: str | Path | Workspace,
    *,
    profile: str | None = None,
    threads: int | None = None,
    runner: Runner | None = None,
    block: int | None = None,
    progress: Progress | None = None,
    force: bool = False,
    resume: bool = False,
    language: str = "en",
    keep: tuple[str, ...] = (),
    scratch: str = "",
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
    runner : Runner or None
        Who does the tiles, instead of threads of this process. Does not change any result either.
    block : int or None
        Cells along the side of a tile; as many as memory allows when None. Does not change any result.
    progress : Progress or None
        Is told of every tile.
    force : bool
        Compute everything anew.
    resume : bool
        Insist on an interrupted run to take up; one of the same inputs and parameters is taken up in any case,
        unless everything is to be computed anew.
    language : str
        Language of the report.
    keep : tuple of str
        Beginnings of the keys of the rasters to keep; all of them when empty. Tables are whole either way.

    scratch : str
        Folder in object storage ("s3://bucket/folder") where layers grow, for workers that share no file system;
        inside the folder of the run when empty.

    Returns
    -------
    Run
        The run, or the earlier one that has exactly this result.

    Raises
    ------
    DiskError
        If the disk is full; what was computed is kept, and the next call goes on from there.
    RuleError
        If there is no interrupted run to take up, or another process is assessing the workspace.
    LandbalanceError
        If an input cannot be used; nothing is left.
    """
    if not isinstance(workspace, Workspace):
        workspace = load_workspace(workspace)
    with counted_try(Path(workspace.path)) as silent:
        if silent >= SILENT_ENDS:
            refuse_fatal(piece.path for layer in workspace.layers for piece in layer.slices)
        options = _Options(threads, runner, block, progress or NoProgress(), force, resume, language, keep, scratch)
        return _assess(workspace, profile or workspace.profile, options)


@dataclass(frozen=True)
class _Options:
    """How an assessment is done, and what of it is kept."""

    threads: int | None
    runner: Runner | None
    block: int | None
    progress: Progress
    force: bool
    resume: bool
    language: str
    keep: tuple[str, ...]
    scratch: str

    def scratch_of(self, part: Part) -> str:
        """Return the folder of a run in object storage; empty where it is not there."""
        return f"{checked_address(self.scratch)}/{part.run_id}" if self.scratch else ""


def _assess(workspace: Workspace, profile: str, options: _Options) -> Run:
    """Assess a workspace by a profile."""
    settings = resolve(profile, workspace.overrides, workspace.stated)
    inputs = gather(workspace, settings)
    recipe = assemble(inputs, settings)
    plan = recipe.plan()
    if options.keep:
        plan = plan.cut(plan.tallies, (output for output in plan.outputs if output.key.startswith(options.keep)), {})
    prints = plan.fingerprints(ground=ground_of(inputs), version=__version__)
    identity = _identity(plan, prints, recipe, options.language)
    place = Path(workspace.path)
    earlier = finished_runs(place)
    for folder, _ in earlier:
        forget_scratch(folder)
    earlier = [] if options.force else earlier
    for folder, manifest in [] if options.resume else earlier:
        if manifest.identity == identity and all((folder / name).is_file() for name in manifest.products):
            return open_run(folder)
    with only_one(place):
        part = open_part(
            place, identity, settings.profile, anew=options.force and not options.resume, must_exist=options.resume
        )
        job = Job(inputs, recipe, plan, prints, part, options.language, options.scratch_of(part))
        try:
            job.run(
                offers(earlier, plan, prints),
                options.runner or Threads(options.threads or os.cpu_count() or 1),
                options.block or tile_side(plan),
                options.progress,
            )
            folder = part.finish()
        except LandbalanceError as error:
            if not is_worth_another_try(error):
                part.remove()
                _forget(job.scratch)
            raise
        remove_older(place, part.started)
        _forget(job.scratch)
    log.info("run %s of %s finished", part.run_id, workspace.title)
    return replace(open_run(folder), is_new=True)


def _forget(address: str) -> None:
    """Remove what a run has kept in object storage."""
    if address:
        remove_objects(address)


def is_worth_another_try(error: LandbalanceError) -> bool:
    """Return whether the same run may succeed later, so that what it has computed is kept."""
    return isinstance(error, DiskError) or (isinstance(error, SourceError) and error.retryable)


def ground_of(inputs: Inputs) -> str:
    """Return a digest of the cells a run computes: grids, boundary, coast and how border cells count."""
    area = inputs.area
    parts = [repr(area.pieces), area.rule, repr(area.quantum_km2), inputs.checksums[inputs.workspace.boundary]]
    parts.append(inputs.checksums[inputs.workspace.coast] if inputs.workspace.coast else "")
    dry = inputs.workspace.layer("aridity")
    parts.append(inputs.checksums[dry.slices[0].path] if area.dryland is not None and dry is not None else "")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


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


def tile_side(plan: Plan) -> int:
    """Return the side of a tile for which the longest series of the plan takes at most SERIES_BYTES a thread."""
    longest = max((len(source.slices) for source in plan.sources.values() if source.is_series), default=1)
    block = BLOCK
    while block > SMALLEST_BLOCK and longest * block * block * 4 > SERIES_BYTES:
        block //= 2
    return block
