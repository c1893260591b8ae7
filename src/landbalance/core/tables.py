"""Package data: legends, matrices, factor sets, lookups, profiles and palettes, read once as plain values."""

import csv
import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from landbalance.core.errors import NotFoundError


@cache
def toml_table(name: str) -> dict[str, Any]:
    """Return the package table `core/data/<name>.toml`.

    Raises
    ------
    NotFoundError
        If the package carries no such table.
    """
    return tomllib.loads(_text(f"{name}.toml"))


@cache
def json_table(name: str) -> Any:
    """Return the package document `core/data/<name>.json`."""
    return json.loads(_text(f"{name}.json"))


@cache
def csv_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of the package table `core/data/<name>.csv`."""
    return tuple(csv.DictReader(_text(f"{name}.csv").splitlines()))


def table_names(folder: str) -> tuple[str, ...]:
    """Return the names of the tables in `core/data/<folder>`, without their ending, sorted."""
    found = files("landbalance.core").joinpath("data", folder)
    return tuple(sorted(entry.name.rsplit(".", 1)[0] for entry in found.iterdir() if "." in entry.name))


def _text(name: str) -> str:
    """Read one file of package data."""
    place = files("landbalance.core").joinpath("data", name)
    if not place.is_file():
        raise NotFoundError("there is no table {name}", name=name, hint="see the folder core/data for the names")
    return place.read_text(encoding="utf-8")
