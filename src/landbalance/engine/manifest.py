"""The manifest of a run: inputs with checksums, parameters with their origin, versions, and every product it kept."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.files import sha256, whole_file, write_text

RUNS = "runs"
MANIFEST = "manifest.json"
STATE = "state"
FINISHED = "finished"


@dataclass(frozen=True)
class Kept:
    """One raster of a run: its layer and fingerprint, and for each piece of the area its file and checksum."""

    key: str
    layer: str
    dtype: str
    fingerprint: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Manifest:
    """What a run was made from and what it made; times stand here and nowhere else.

    Parameters
    ----------
    identity : str
        Digest of everything that decides the result; two runs with one identity are the same run.
    tables : mapping of str to str
        Fingerprint of each table, by its name without the group.
    """

    run_id: str
    state: str
    started: str
    finished: str
    identity: str
    country: str
    title: str
    profile: str
    language: str
    parameters: tuple[Mapping[str, Any], ...]
    periods: tuple[Mapping[str, Any], ...]
    inputs: tuple[Mapping[str, Any], ...]
    versions: Mapping[str, str]
    grid: tuple[Mapping[str, Any], ...]
    rasters: tuple[Kept, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    table_axes: Mapping[str, Any] = field(default_factory=dict)
    reductions: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    reused: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest of a run into its folder."""
    write_text(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run.

    Raises
    ------
    NotFoundError
        If the folder holds no run.
    InputError
        If the manifest cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFoundError("{folder} holds no finished run", folder=folder, hint="run landbalance assess")
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        row["rasters"] = tuple(
            Kept(**{**kept, "files": tuple((name, digest) for name, digest in kept["files"])})
            for kept in row["rasters"]
        )
        return Manifest(**row)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            "{path} is no manifest ({why})", path=path, why=error, hint="run landbalance assess again"
        ) from error


def finished_runs(workspace: Path) -> list[tuple[Path, Manifest]]:
    """Return the finished runs of a workspace, latest first; folders without a manifest, or hidden, are no runs."""
    found = []
    for folder in sorted((workspace / RUNS).glob("[!.]*/"), reverse=True):
        try:
            manifest = read_manifest(folder)
        except (NotFoundError, InputError):
            continue
        if manifest.state == FINISHED:
            found.append((folder, manifest))
    return sorted(found, key=lambda pair: (pair[1].started, pair[1].run_id), reverse=True)


def save_state(folder: Path, tables: Mapping[str, Crosstab], reductions: Mapping[str, Any]) -> dict[str, Any]:
    """Keep tables and figures of the whole area for later runs; return the axes of the tables."""
    _save_arrays(folder / STATE / "tables.npz", {name: table.values for name, table in tables.items()})
    _save_arrays(folder / STATE / "reductions.npz", {name: np.asarray(value) for name, value in reductions.items()})
    return {
        name: {"unit": table.unit, "axes": [[axis.name, list(axis.codes)] for axis in table.axes]}
        for name, table in tables.items()
    }


def load_tables(folder: Path, manifest: Manifest) -> dict[str, Crosstab]:
    """Return the tables of a run."""
    with np.load(folder / STATE / "tables.npz", allow_pickle=False) as arrays:
        return {
            name: Crosstab(
                name, tuple(Axis(axis, tuple(codes)) for axis, codes in row["axes"]), arrays[name], row["unit"]
            )
            for name, row in manifest.table_axes.items()
        }


def load_reductions(folder: Path) -> dict[str, Any]:
    """Return the figures of the whole area of a run, by the first layer of their step."""
    with np.load(folder / STATE / "reductions.npz", allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def take_over(source: Path, target: Path) -> None:
    """Give a run a file that an earlier run made: the same file under two names where the disk allows, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        with whole_file(target) as temporary:
            shutil.copyfile(source, temporary)


def is_intact(folder: Path, kept: Kept) -> bool:
    """Return whether every file of a kept raster is there and unchanged."""
    return all((folder / name).is_file() and sha256(folder / name) == digest for name, digest in kept.files)


def _save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays as one compressed file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    need = sum(np.asarray(array).nbytes for array in arrays.values())
    with whole_file(path, need) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
