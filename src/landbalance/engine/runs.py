"""Finished runs: where they are and what they say."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.workspace import Workspace
from landbalance.engine.manifest import Manifest, finished_runs, read_manifest


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

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Return what summary.json says."""
        return dict(orjson.loads((self.folder / "summary.json").read_bytes()))

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
        raise NotFoundError("run {id} has no raster {key}", id=self.id, key=key, hint="it has {keys}", keys=keys)


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
