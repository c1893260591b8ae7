"""Land types on disk: what they are called, what they are made of, and where their raster is."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from landbalance.accounting.land_types import LandType, LandTypes
from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.files import write_text
from landbalance.io.summary import json_text

FOLDER = "landtypes"
DEFAULT = "default"


@dataclass(frozen=True)
class SavedTypes:
    """Land types of a workspace, their rasters (one per piece of the area), and what they were built from."""

    name: str
    types: LandTypes
    rasters: tuple[Path, ...]
    digest: str
    run_id: str


def save_types(folder: Path, saved: SavedTypes) -> Path:
    """Write what land types are called beside their raster; return the file."""
    path = folder / f"{saved.name}.json"
    content = {
        "format": 1,
        "name": saved.name,
        "layers": list(saved.types.layers),
        "digest": saved.digest,
        "run": saved.run_id,
        "rasters": [path.name for path in saved.rasters],
        "types": [asdict(each) for each in saved.types.types],
    }
    write_text(path, json_text(content))
    return path


def load_types(workspace: Path, name: str = DEFAULT) -> SavedTypes:
    """Read land types that were built before.

    Raises
    ------
    NotFoundError
        If there are none of this name.
    InputError
        If the file cannot be read.
    """
    folder = workspace / FOLDER
    path = folder / f"{name}.json"
    if not path.is_file():
        known = sorted(each.stem for each in folder.glob("*.json"))
        hint = "use one of {known}" if known else "make them with landbalance landtypes build"
        raise NotFoundError("there are no land types {name!r}", name=name, hint=hint, known=", ".join(known))
    try:
        row = orjson.loads(path.read_bytes())
        types = tuple(LandType(**{**each, "codes": tuple(each["codes"])}) for each in row["types"])
        rasters = tuple(folder / each for each in row["rasters"])
        return SavedTypes(name, LandTypes(tuple(row["layers"]), types), rasters, row["digest"], row["run"])
    except (ValueError, TypeError, KeyError) as error:
        hint = "build them again with landbalance landtypes build"
        raise InputError("{path} holds no land types ({why})", path=path, why=error, hint=hint) from error


def saved_names(workspace: Path) -> tuple[str, ...]:
    """Return the names of the land types that were built."""
    return tuple(sorted(path.stem for path in (workspace / FOLDER).glob("*.json")))


def read_type_names(path: Path, layers: Sequence[str]) -> Mapping[tuple[int, ...], str]:
    """Read what a country calls its land types: a CSV with one column per layer, and `name`.

    Raises
    ------
    InputError
        If a column is missing or a code is no number.
    """
    rows = read_csv(path, (*layers, "name"))
    try:
        return {tuple(int(row[layer]) for layer in layers): row["name"].strip() for row in rows}
    except ValueError as error:
        raise InputError("{path} holds a code that is no number ({why})", path=path, why=error) from error


def read_csv(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Read the rows of a CSV file that has some columns.

    Raises
    ------
    InputError
        If it cannot be read, or a column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows: list[dict[str, Any]] = list(reader)
            columns = [name.strip() for name in reader.fieldnames or ()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        hint = "check the path; save it as CSV in UTF-8"
        raise InputError("{path} cannot be read ({why})", path=path, why=error, hint=hint) from error
    missing = [name for name in needed if name not in columns]
    if missing:
        found = ", ".join(columns) or "none"
        raise InputError(
            "{path} has no column {missing}",
            path=path,
            missing=", ".join(missing),
            hint="its columns are {found}",
            found=found,
        )
    return [{key.strip(): (value or "").strip() for key, value in row.items() if key} for row in rows]
